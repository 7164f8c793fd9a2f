namespace Conference.Actors.Runtime;

/// <summary>What a supervisor does about a failed child.</summary>
public enum Directive
{
    /// <summary>Go on with the next message, state kept.</summary>
    Resume,

    /// <summary>A new instance under the same reference; the mailbox is kept, the failing message is not redelivered.</summary>
    Restart,

    /// <summary>Fail with the same exception, one level up.</summary>
    Escalate,

    Stop,
}
