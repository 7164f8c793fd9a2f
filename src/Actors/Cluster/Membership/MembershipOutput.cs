using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster.Membership;

/// <summary>What is to be done, in the order it was put out. <see cref="LeaseGate"/> keeps what these grant.</summary>
public abstract record MembershipOutput
{
    private MembershipOutput()
    {
    }

    /// <summary>Send a statement. At most one of each type is out at a time, and they need not be done in order.</summary>
    public sealed record Execute(MembershipStatement Statement) : MembershipOutput;

    /// <summary>What is known now. To be published before the outputs after it are looked at: the next lease rests on it.</summary>
    public sealed record NewView(NodeId Self, ClusterView View) : MembershipOutput;

    /// <summary>
    /// The lease holds until then, by the clock of the inputs; <see cref="TimeSpan.Zero"/>: it holds no more. To be compared with the clock at
    /// every act: a node that stood still must see, before it acts, that its lease has run out.
    /// </summary>
    public sealed record LeaseUntil(TimeSpan Until) : MembershipOutput;

    /// <summary>
    /// Stop the entities of a shard, then say <see cref="MembershipInput.HandedOff"/>. No entity of it may act at this epoch from
    /// <paramref name="Until"/> on, whether it has stopped or not: others may own the shard by then. Comes before the view that shows the
    /// drain, if one does. It may come once more for the same epoch, with an earlier time: a shard that was being given up to nobody has
    /// found somebody.
    /// </summary>
    public sealed record HandOff(ShardId Shard, long Epoch, TimeSpan Until) : MembershipOutput;

    /// <summary>
    /// This life is over: stop all its entities, which may act and write no more, then say <see cref="MembershipInput.EntitiesStopped"/>.
    /// The node joins again as <paramref name="Next"/> by itself; null when it was leaving. Links are of a life: those there were count no
    /// more, and each is reported again when it is up under the new id.
    /// </summary>
    public sealed record Fenced(NodeId Life, NodeId? Next) : MembershipOutput;

    /// <summary>The node owns nothing and is down in the tables: the process may end. Nothing comes after it.</summary>
    public sealed record Left : MembershipOutput
    {
        public static Left Instance { get; } = new();
    }

    /// <summary>Try to open a TCP connection to a node's link, within half a second, and say how it went.</summary>
    public sealed record Probe(NodeId Node, System.Net.IPEndPoint Link) : MembershipOutput;

    /// <summary>Something an operator must know.</summary>
    public sealed record Report(MembershipEvent Event) : MembershipOutput;
}
