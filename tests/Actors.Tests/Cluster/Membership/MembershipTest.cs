using System.Collections.Immutable;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Cluster.Membership;

/// <summary>Rows and nodes with short names.</summary>
public abstract class MembershipTest
{
    protected static MembershipRules Rules { get; } = new();

    protected static NodeId A { get; } = Node(1);

    protected static NodeId B { get; } = Node(2);

    protected static NodeId C { get; } = Node(3);

    protected static NodeId D { get; } = Node(4);

    protected static NodeId Node(int number) => new(new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)number));

    /// <summary>A row of <see cref="Node"/> of that number.</summary>
    protected static NodeRow Row(int number, NodeRowState state = NodeRowState.Up, long beat = 1, params NodeId[] accuses) =>
        new(Node(number), number, Card(number), state, beat, [.. accuses]);

    protected static NodeCard Card(int number) => new($"n{number}", new IPEndPoint(new IPAddress([127, 0, 0, (byte)number]), 4330), $"127.0.0.{number}");

    protected static ShardRow Shard(int id, NodeId? owner, long epoch = 1, NodeId? target = null) => new(new ShardId(id), owner, epoch, target);

    /// <summary>All shards of one owner.</summary>
    protected static MembershipTables Tables(ImmutableArray<NodeRow> nodes, NodeId? owner, int shards = 256) =>
        new(1, nodes, [.. Enumerable.Range(0, shards).Select(s => Shard(s, owner, owner is null ? 0 : 1))]);

    /// <summary>Placed as the hash says.</summary>
    protected static MembershipTables Placed(ImmutableArray<NodeRow> nodes, int shards = 256)
    {
        var homes = new Rendezvous(nodes.Where(n => n.State == NodeRowState.Up).Select(n => n.Id));
        return new(1, nodes, [.. Enumerable.Range(0, shards).Select(s => Shard(s, homes.HomeOf(new ShardId(s))))]);
    }

    /// <summary>What the tables are after a plan: as its statement says.</summary>
    protected static MembershipTables Apply(MembershipTables tables, ReconcilePlan plan)
    {
        var shards = tables.Shards.ToArray();
        foreach (var takeover in plan.Takeovers)
            shards[takeover.Shard.Value] = new ShardRow(takeover.Shard, takeover.To, takeover.Epoch + 1, null);
        foreach (var drain in plan.Drains)
            shards[drain.Shard.Value] = shards[drain.Shard.Value] with { Target = drain.To };
        return tables with { Version = tables.Version + 1, Shards = [.. shards] };
    }

    protected static MembershipTables HandOver(MembershipTables tables) => tables with
    {
        Version = tables.Version + 1,
        Shards = [.. tables.Shards.Select(s => s.IsDraining ? new ShardRow(s.Id, s.Target, s.Epoch + 1, null) : s)],
    };
}
