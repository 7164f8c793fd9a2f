namespace Conference.Node.Persistence;

/// <summary>How a store paces itself.</summary>
public sealed record StoreOptions
{
    /// <summary>Writes that may wait; what comes beyond is refused at once.</summary>
    public int QueueCapacity { get; init; } = 8192;

    /// <summary>Writes committed together at most.</summary>
    public int MaxBatch { get; init; } = 512;

    /// <summary>A write that waited longer is not made any more: who wanted it has given up.</summary>
    public TimeSpan WriteDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>PostgreSQL: batches on their way at once. While one is flushed to the server's disk, the next is sent.</summary>
    public int Writers { get; init; } = 2;

    /// <summary>Connections for reading, at most.</summary>
    public int Readers { get; init; } = 4;
}
