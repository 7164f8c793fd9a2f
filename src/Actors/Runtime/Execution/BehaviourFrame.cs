namespace Conference.Actors.Runtime.Execution;

/// <summary>One level of the Become stack. Below the last is the actor's own Receive.</summary>
internal sealed record BehaviourFrame(Receive Receive, BehaviourFrame? Below);
