namespace Conference.Actors.Runtime;

/// <summary>Puts messages aside until the actor is ready for them.</summary>
public interface IStash
{
    int Count { get; }

    /// <summary>Puts the current message aside. Beyond the capacity it becomes a dead letter.</summary>
    void Stash();

    /// <summary>Puts the oldest stashed message back, before everything in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all stashed messages back in their order, before everything in the mailbox.</summary>
    void UnstashAll();
}
