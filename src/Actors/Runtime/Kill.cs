using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/>; its supervisor decides, by default to stop it.</summary>
public sealed class Kill : AutoReceivedMessage
{
    private Kill() { }

    public static Kill Instance { get; } = new();

    internal override void Deliver(ActorCell cell) => throw new ActorKilledException($"{cell.Path} was killed");
}
