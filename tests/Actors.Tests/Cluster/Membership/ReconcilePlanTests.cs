using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Cluster.Membership;

public class ReconcilePlanTests : MembershipTest
{
    [Fact]
    public void The_first_node_is_given_everything_at_once()
    {
        var plan = Decide(Tables([Row(1)], owner: null));
        Assert.Equal(256, plan.Takeovers.Count(t => t.To == A && t.Epoch == 0 && !t.IsOverdue));
        Assert.Empty(plan.Drains);
    }

    [Fact]
    public void Nothing_is_done_where_all_is_in_its_place() =>
        Assert.True(Decide(Placed([Row(1), Row(2), Row(3)])).IsEmpty);

    [Fact]
    public void One_that_joins_is_given_nothing_yet() =>
        Assert.True(Decide(Tables([Row(1), Row(2, NodeRowState.Joining)], A)).IsEmpty);

    [Fact]
    public void Only_so_many_shards_move_at_one_time_until_each_is_where_it_belongs()
    {
        var tables = Tables([Row(1), Row(2)], A);
        var moved = 0;
        while (Decide(tables) is { IsEmpty: false } plan)
        {
            Assert.True(plan.OnlySpreads);
            Assert.All(plan.Drains, d => Assert.Equal(B, d.To));
            Assert.True(Decide(Apply(tables, plan)).IsEmpty || plan.Drains.Length < Rules.MaxMoves);
            Assert.InRange(plan.Drains.Length, 1, Rules.MaxMoves);
            moved += plan.Drains.Length;
            tables = HandOver(Apply(tables, plan));
        }

        Assert.Equal(Placed(tables.Nodes).Shards.Count(s => s.Owner == B), moved);
        Assert.Equal(Placed(tables.Nodes).Shards.Select(s => s.Owner), tables.Shards.Select(s => s.Owner));
    }

    [Fact]
    public void Shards_of_the_dead_are_taken_over_all_at_once()
    {
        var tables = Placed([Row(1), Row(2, beat: 7)]);
        var plan = Decide(tables, ReconcileEvidence.None with { Dead = [Died(B, 7)] });
        Assert.Equal(B, Assert.Single(plan.Dead).Id);
        Assert.Equal(tables.Shards.Where(s => s.Owner == B).Select(s => s.Id), plan.Takeovers.Select(t => t.Shard));
        Assert.All(plan.Takeovers, t => Assert.Equal(A, t.To));
    }

    [Fact]
    public void Nothing_is_given_to_one_that_may_have_frozen_where_another_can_have_it()
    {
        var tables = Placed([Row(1), Row(2), Row(3, beat: 7), Row(4, NodeRowState.Leaving)]);
        tables = tables with { Shards = [.. tables.Shards.Select((s, i) => i % 2 == 0 ? s : s with { Owner = D })] };
        var evidence = ReconcileEvidence.None with { Dead = [Died(C, 7)], Doubtful = [B] };
        var plan = Decide(tables, evidence);
        Assert.NotEmpty(plan.Takeovers);
        Assert.NotEmpty(plan.Drains);
        Assert.All(plan.Takeovers, t => Assert.Equal(A, t.To));
        Assert.All(plan.Drains, d => Assert.Equal(A, d.To));

        // What is its own by right goes to it once there is no doubt any more, and what it owns stays with it.
        var settled = HandOver(Apply(tables, plan)) with { Nodes = [Row(1), Row(2)] };
        Assert.True(Decide(settled, ReconcileEvidence.None with { Doubtful = [B] }).IsEmpty);
        Assert.All(Decide(settled).Drains, d => Assert.Equal(B, d.To));
        Assert.NotEmpty(Decide(settled).Drains);
    }

    [Fact]
    public void Where_all_are_doubtful_somebody_has_it_all_the_same()
    {
        var plan = Decide(Tables([Row(1)], owner: null), ReconcileEvidence.None with { Doubtful = [A] });
        Assert.Equal(256, plan.Takeovers.Count(t => t.To == A));
    }

    [Fact]
    public void A_beat_that_came_since_acquits() =>
        Assert.True(Decide(Placed([Row(1), Row(2, beat: 8)]), ReconcileEvidence.None with { Dead = [Died(B, 7)] }).IsEmpty);

    [Fact]
    public void Shards_of_one_that_is_voted_out_stay_until_its_lease_is_over()
    {
        var tables = Placed([Row(1, accuses: C), Row(2, accuses: C), Row(3)]);
        var plan = Decide(tables, ReconcileEvidence.None with { Fresh = [A, B] });
        Assert.Equal([C], plan.Evicted);
        Assert.Empty(plan.Takeovers);
        Assert.Empty(plan.Drains);
    }

    [Fact]
    public void One_that_leaves_comes_before_mere_spreading()
    {
        var nodes = Placed([Row(1), Row(2), Row(3, NodeRowState.Leaving)]);
        var tables = nodes with { Shards = [.. nodes.Shards.Select(s => Shard(s.Id.Value, s.Id.Value < 100 ? C : s.Owner == A ? B : A))] };
        var plan = Decide(tables);
        Assert.Equal(Rules.MaxMoves, plan.Drains.Length);
        Assert.All(plan.Drains, d => Assert.Equal(C, tables.Shards[d.Shard.Value].Owner));
        Assert.False(plan.OnlySpreads);
    }

    [Fact]
    public void A_drain_to_one_that_is_gone_goes_to_another()
    {
        var tables = Tables([Row(1), Row(3)], owner: null) with { Shards = [Shard(0, A, 5, B)] };
        var home = new Rendezvous([A, C]).HomeOf(new ShardId(0));
        Assert.Equal([new Drain(new ShardId(0), 5, home, IsSpreading: false)], Decide(tables).Drains);
    }

    [Fact]
    public void A_drain_that_takes_too_long_is_ended()
    {
        var tables = Tables([Row(1), Row(2)], owner: null) with { Shards = [Shard(0, A, 5, B)] };
        var plan = Decide(tables, ReconcileEvidence.None with { Overdue = [new ShardEpoch(new ShardId(0), 5)] });
        Assert.True(Assert.Single(plan.Takeovers).IsOverdue);
        Assert.Empty(Decide(tables, ReconcileEvidence.None with { Overdue = [new ShardEpoch(new ShardId(0), 4)] }).Takeovers);
    }

    [Fact]
    public void A_shard_whose_owner_has_no_row_is_taken_after_a_while_only()
    {
        var tables = Tables([Row(1)], owner: null) with { Shards = [Shard(0, B, 5)] };
        Assert.True(Decide(tables).IsEmpty);
        Assert.Single(Decide(tables, ReconcileEvidence.None with { Orphaned = [new ShardEpoch(new ShardId(0), 5)] }).Takeovers);
    }

    [Fact]
    public void Where_nobody_is_up_the_dead_are_marked_and_shards_wait()
    {
        var tables = Tables([Row(1, NodeRowState.Leaving), Row(2, beat: 3)], B);
        var plan = Decide(tables, ReconcileEvidence.None with { Dead = [Died(B, 3)] });
        Assert.Single(plan.Dead);
        Assert.Empty(plan.Takeovers);
    }

    private static DeadNode Died(NodeId id, long beat) => new(id, beat, DeathEvidence.BeatStoodStill);

    private static ReconcilePlan Decide(MembershipTables tables, ReconcileEvidence? evidence = null) =>
        ReconcilePlan.Decide(tables, evidence ?? ReconcileEvidence.None, Rules);
}
