namespace Conference.Node.Akka;

/// <summary>How patient the nodes of a cluster are with each other; the same in all of them.</summary>
public sealed record ClusterTimings
{
    public static ClusterTimings Default { get; } = new();

    /// <summary>Between two heartbeats of Akka's failure detector.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A node that is silent for longer is unreachable.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Membership and reachability must stay as they are for this long before the split brain resolver decides.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A node that has not heard a majority for longer does not act. Below <see cref="Pause"/> plus <see cref="StableAfter"/>, by more than a
    /// <see cref="Heartbeat"/>: others take its shards no earlier.
    /// </summary>
    public TimeSpan ActingLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two questions of <see cref="PulseActor"/>.</summary>
    public TimeSpan Pulse { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A lease on a tie lasts this long when nobody beats any more.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A node could act while others do in its place.</exception>
    internal ClusterTimings Checked() => ActingLimit + Heartbeat < Pause + StableAfter
        ? this
        : throw new ArgumentException("a node must stop acting before others may act in its place");
}
