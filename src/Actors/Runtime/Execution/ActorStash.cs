namespace Conference.Actors.Runtime.Execution;

internal sealed class ActorStash(ActorCell cell) : IStash
{
    private Queue<(object Message, IActorRef? Sender)>? _stashed;

    /// <summary>Goes before the mailbox; the top is next.</summary>
    private Stack<(object Message, IActorRef? Sender)>? _unstashed;

    public int Count => _stashed?.Count ?? 0;

    /// <summary>All that it keeps, those on their way back included. From any thread; a snapshot.</summary>
    internal int Held => (_stashed?.Count ?? 0) + (_unstashed?.Count ?? 0);

    public void Stash()
    {
        var message = cell.CurrentMessage ?? throw new InvalidOperationException("There is no current message to stash");
        if (Count >= cell.Props.StashCapacity)
            cell.DeadLetter(message, cell.SenderOrNone, DeadLetterReason.StashFull);
        else
            (_stashed ??= new()).Enqueue((message, cell.SenderOrNone));
    }

    public void Unstash()
    {
        if (Count > 0)
            (_unstashed ??= new()).Push(_stashed!.Dequeue());
    }

    public void UnstashAll()
    {
        if (Count == 0)
            return;
        _unstashed ??= new();
        foreach (var entry in _stashed!.Reverse())
            _unstashed.Push(entry);
        _stashed!.Clear();
    }

    internal bool TryTakeUnstashed(out object message, out IActorRef? sender)
    {
        var any = _unstashed is { Count: > 0 };
        (message, sender) = any ? _unstashed!.Pop() : (null!, null);
        return any;
    }
}
