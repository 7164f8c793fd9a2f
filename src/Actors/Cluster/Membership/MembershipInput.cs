using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster.Membership;

/// <summary>What the machine is told. Late and repeated inputs do no harm; those about an earlier life of the node are ignored.</summary>
public abstract record MembershipInput
{
    private MembershipInput()
    {
    }

    /// <summary>It is <see cref="MembershipMachine.NextTick"/>. Also the first input of all.</summary>
    public sealed record Tick : MembershipInput
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>A statement has been done. Of each that was put out there comes this or <see cref="Failed"/>, once.</summary>
    /// <param name="Statement">The very one that was put out.</param>
    /// <param name="Result">One of those its docstring names.</param>
    /// <param name="Sent">When it was handed to the database, or earlier; never later: leases are counted from here.</param>
    public sealed record Completed(MembershipStatement Statement, StatementResult Result, TimeSpan Sent) : MembershipInput;

    /// <summary>A statement failed, timed out or lost its connection. Nobody knows whether it was done.</summary>
    public sealed record Failed(MembershipStatement Statement) : MembershipInput;

    /// <summary>The session that a completed <see cref="MembershipStatement.HoldSession"/> opened has ended.</summary>
    public sealed record SessionLost(NodeId Self) : MembershipInput;

    /// <summary>A notification came: the tables have changed.</summary>
    /// <param name="Version">What the cluster row's version is now, if the notification says so: a view that is as new is not loaded again.</param>
    public sealed record Notified(long Version = long.MaxValue) : MembershipInput
    {
        public static Notified Instance { get; } = new();
    }

    /// <summary>Somebody knows a higher epoch than the view has (<see cref="ICluster.Refresh"/>).</summary>
    public sealed record RefreshRequested : MembershipInput
    {
        public static RefreshRequested Instance { get; } = new();
    }

    /// <summary>What came of <see cref="MembershipOutput.Probe"/>.</summary>
    public sealed record Probed(NodeId Node, ProbeAnswer Answer) : MembershipInput;

    /// <summary>The entities of a shard have stopped, after <see cref="MembershipOutput.HandOff"/>.</summary>
    public sealed record HandedOff(ShardId Shard, long Epoch) : MembershipInput;

    /// <summary>After <see cref="MembershipOutput.Fenced"/>: no entity of that life acts or writes any more.</summary>
    public sealed record EntitiesStopped(NodeId Life) : MembershipInput;

    public sealed record LinkUp(NodeId Peer) : MembershipInput;

    public sealed record LinkDown(NodeId Peer) : MembershipInput;

    /// <summary>Hand over all shards, but stay.</summary>
    public sealed record DrainRequested : MembershipInput
    {
        public static DrainRequested Instance { get; } = new();
    }

    /// <summary>Take shards again.</summary>
    public sealed record DrainCalledOff : MembershipInput
    {
        public static DrainCalledOff Instance { get; } = new();
    }

    /// <summary>Hand over all shards, then go. Ends in <see cref="MembershipOutput.Left"/>, if the database lets it.</summary>
    public sealed record LeaveRequested : MembershipInput
    {
        public static LeaveRequested Instance { get; } = new();
    }
}

public enum ProbeAnswer
{
    /// <summary>A TCP connection was opened (and closed again).</summary>
    Listening,

    /// <summary>The connection was refused: by a host that is there, nobody listens.</summary>
    Refused,

    /// <summary>Anything else: no answer in time, no route.</summary>
    Unreachable,
}
