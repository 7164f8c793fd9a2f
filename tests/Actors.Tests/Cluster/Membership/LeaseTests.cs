using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Cluster.Membership;

public class LeaseTests : MembershipTest
{
    [Fact]
    public void A_lease_counts_from_before_the_beat_was_sent()
    {
        var lease = new Lease(Rules);
        lease.Loaded(Seconds(0.5), 3);
        lease.Beaten(Seconds(1), 3);
        Assert.Equal(Seconds(5), lease.Until);
    }

    [Fact]
    public void A_beat_that_tells_of_something_newer_grants_nothing_until_that_is_known()
    {
        var lease = new Lease(Rules);
        lease.Loaded(Seconds(0.5), 3);
        lease.Beaten(Seconds(1), 3);
        lease.Beaten(Seconds(2), 4);
        lease.Beaten(Seconds(3), 6);
        Assert.Equal(Seconds(5), lease.Until);
        lease.Loaded(Seconds(3.1), 5);
        Assert.Equal(Seconds(6), lease.Until);
        lease.Loaded(Seconds(3.2), 6);
        Assert.Equal(Seconds(7), lease.Until);
    }

    [Fact]
    public void A_late_answer_shortens_nothing()
    {
        var lease = new Lease(Rules);
        lease.Loaded(Seconds(0), 1);
        lease.Beaten(Seconds(2), 1);
        lease.Beaten(Seconds(1), 1);
        Assert.Equal(Seconds(6), lease.Until);
    }

    [Fact]
    public void The_gate_is_open_for_what_is_its_own_at_the_right_epoch_until_the_lease_ends()
    {
        var gate = Gate(Shard(0, A, 5), Shard(1, B, 5));
        Assert.True(gate.MayAct(new ShardId(0), 5, Seconds(3)));
        Assert.False(gate.MayAct(new ShardId(0), 4, Seconds(3)));
        Assert.False(gate.MayAct(new ShardId(1), 5, Seconds(3)));
        Assert.False(gate.MayAct(new ShardId(0), 5, Seconds(4)));
        Assert.False(gate.HoldsLease(Seconds(4)));
    }

    [Fact]
    public void A_draining_shard_is_acted_for_until_its_stop()
    {
        var gate = Gate(Shard(0, A, 5));
        gate.Apply(new MembershipOutput.HandOff(new ShardId(0), 5, Seconds(2)));
        gate.Apply(new MembershipOutput.NewView(A, View(Shard(0, A, 5, B))));
        Assert.True(gate.MayAct(new ShardId(0), 5, Seconds(1.9)));
        Assert.False(gate.MayAct(new ShardId(0), 5, Seconds(2)));
    }

    [Fact]
    public void The_gate_is_shut_after_a_fencing()
    {
        var gate = Gate(Shard(0, A, 5));
        gate.Apply(new MembershipOutput.LeaseUntil(TimeSpan.Zero));
        Assert.False(gate.MayAct(new ShardId(0), 5, Seconds(1)));
    }

    private static LeaseGate Gate(params ShardRow[] shards)
    {
        var gate = new LeaseGate();
        gate.Apply(new MembershipOutput.NewView(A, View(shards)));
        gate.Apply(new MembershipOutput.LeaseUntil(Seconds(4)));
        return gate;
    }

    private static ClusterView View(params ShardRow[] shards) =>
        new(1, [], [.. shards.Select(s => new ShardPlace(s.Owner, s.Epoch, s.Target))]);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
