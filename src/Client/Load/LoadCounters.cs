namespace Conference.Client.Load;

/// <summary>What one receiving thread counted.</summary>
internal sealed class LoadCounters
{
    /// <summary>Read by the progress bar while it grows; a torn or old value does no harm.</summary>
    public long Delivered;
    public long Duplicated;
    public long Reordered;

    /// <summary>From another room, or a sender's own.</summary>
    public long Misrouted;

    /// <summary>Not of the size sent, or not a packet of this run.</summary>
    public long Damaged;

    public DelayHistogram Delay { get; } = new();

    public void Add(LoadCounters other)
    {
        Delivered += other.Delivered;
        Duplicated += other.Duplicated;
        Reordered += other.Reordered;
        Misrouted += other.Misrouted;
        Damaged += other.Damaged;
        Delay.Add(other.Delay);
    }
}
