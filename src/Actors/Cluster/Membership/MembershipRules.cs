namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// The times the scheme lives by. All nodes of a cluster must use the same; every one is measured by one node's own monotonic clock,
/// and no two clocks are ever compared. docs/adr/0005-cluster-membership.md says why each is safe.
/// </summary>
public sealed record MembershipRules
{
    /// <summary>From one beat's sending to the next one's.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A beat is given up after this: twice within a lease, so that one lost answer costs no lease.</summary>
    public TimeSpan BeatTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Every other statement is given up after this.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A node whose beat stood still for this long, seen without a break, is dead.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A lease ends this much before others may call the node dead: room for clocks that run at different speeds.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A node whose process is gone, as its session's end and its port say, is dead after its beat stood still for this long.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(1.5);

    public TimeSpan Observe { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Observations further apart than this, or with a database error between them, do not continue one another.
    /// <see cref="Timeout.InfiniteTimeSpan"/>: nothing ever breaks an observation (which only a simulation may ask for, to show that it
    /// notices).
    /// </summary>
    public TimeSpan ObservationGap { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A shard whose owner has not handed it over for this long may be taken from it.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The owner itself does not act for a shard any more this long after the last moment at which it knew that the shard was not
    /// draining: two margins before anybody may take it.
    /// </summary>
    public TimeSpan DrainStop { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Shards that drain at one time.</summary>
    public int MaxMoves { get; init; } = 64;

    /// <summary>
    /// Shards are spread anew this long after the last node came, but no more than a <see cref="Beat"/> after the first, so that many that
    /// come together are one spreading.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(0.15);

    /// <summary>A link that is down for this long is an accusation.</summary>
    public TimeSpan AccuseAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Two nodes that accused each other for this long, seen without a break, do not both stay.</summary>
    public TimeSpan FeudLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many nodes watch all the others; everybody watches these, and whoever its links miss.</summary>
    public int Watchers { get; init; } = 3;

    /// <summary>After a failure a statement is sent again this much later, doubled up to <see cref="MaxRetry"/> while it goes on failing.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(0.2);

    public TimeSpan MaxRetry { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>A node that leaves waits this long for its shards to move, then stops their entities and frees them.</summary>
    public TimeSpan LeaveLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a beat is good for.</summary>
    public TimeSpan Lease => Ttl - Margin;
}
