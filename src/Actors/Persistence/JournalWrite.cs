namespace Conference.Actors.Persistence;

/// <summary>Events of one entity and what they change in the read models: all of it is committed, or none.</summary>
public sealed record JournalWrite
{
    /// <summary>Caps of one write: what is beyond them is a bug, not data.</summary>
    public const int MaxEvents = 1000, MaxPayloadBytes = 1 << 20;

    public required PersistenceId PersistenceId { get; init; }

    /// <summary>The sequence number of the first event; the others follow. The first of all is 1.</summary>
    public required long FirstSequenceNr { get; init; }

    public required IReadOnlyList<ReadOnlyMemory<byte>> Events { get; init; }

    public ShardFence? Fence { get; init; }

    /// <summary>In the order they are to be made.</summary>
    public IReadOnlyList<ReadModelChange> Changes { get; init; } = [];

    public long LastSequenceNr => FirstSequenceNr + Events.Count - 1;

    /// <exception cref="ArgumentException">Nothing a journal would take.</exception>
    public void Validate()
    {
        if (FirstSequenceNr < 1 || Events.Count is < 1 or > MaxEvents)
            throw new ArgumentException($"A write to {PersistenceId} has 1 to {MaxEvents} events from sequence number 1 on");
        if (string.IsNullOrEmpty(PersistenceId.ToString()))
            throw new ArgumentException("A write has a persistence id");
        for (int i = 0; i < Events.Count; i++)
        {
            if (Events[i].Length is 0 or > MaxPayloadBytes)
                throw new ArgumentException($"An event of {PersistenceId} has {Events[i].Length} bytes, not 1 to {MaxPayloadBytes}");
        }
    }
}
