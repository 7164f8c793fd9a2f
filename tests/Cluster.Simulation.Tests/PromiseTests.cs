using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;
using Conference.Cluster.Simulation.Tests.Model;

namespace Conference.Cluster.Simulation.Tests;

/// <summary>How long anything may take, over many seeds each: clocks, latencies and moments differ.</summary>
public class PromiseTests(ITestOutputHelper output)
{
    private const int Seeds = 60;
    private static readonly SimulationOptions _options = new() { Shards = 64, Rules = new MembershipRules() };

    [Fact]
    public void A_killed_node_is_missed_for_two_seconds_at_most() => Measure(2.0, 3, cluster =>
    {
        var victim = cluster.Any();
        victim.End(closes: true);
        return TimeSpan.FromSeconds(4);
    });

    [Fact]
    public void A_node_that_is_killed_and_comes_back_at_once_is_missed_for_two_seconds_at_most() => Measure(2.0, 3, cluster =>
    {
        var victim = cluster.Any();
        victim.End(closes: true);
        cluster.World.After(TimeSpan.FromSeconds(0.4), () => cluster.Start(SimulatedCluster.AddressOf(victim)));
        return TimeSpan.FromSeconds(6);
    });

    [Fact]
    public void A_cluster_of_one_that_is_killed_serves_again_two_seconds_after_it_comes_back() => Measure(2.5, 1, cluster =>
    {
        var victim = cluster.Any();
        victim.End(closes: true);
        cluster.World.After(TimeSpan.FromSeconds(0.4), () => cluster.Start(SimulatedCluster.AddressOf(victim)));
        return TimeSpan.FromSeconds(6);
    });

    [Fact]
    public void A_frozen_node_is_missed_for_a_second_more_than_the_ttl_at_most() => Measure(6.0, 3, cluster =>
    {
        var victim = cluster.Any();
        victim.Freeze();
        cluster.World.After(TimeSpan.FromSeconds(8), victim.Thaw);
        return TimeSpan.FromSeconds(12);
    });

    [Fact]
    public void What_a_killed_node_leaves_does_not_wait_for_one_that_froze_before() => Each(cluster =>
    {
        cluster.Grow(4);
        var (frozen, victim) = (cluster.Running.First(), cluster.Running.Last());
        frozen.Freeze();
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(1));
        var left = cluster.Database.Tables.Snapshot().Shards.Where(s => s.Owner == victim.Self).ToArray();
        victim.End(closes: true);
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(2.5));
        Assert.NotEmpty(left);
        Assert.All(left, s => Assert.NotNull(cluster.Server(s.Id)));
    });

    [Fact]
    public void A_kill_whose_reconciler_freezes_in_the_midst_of_it_costs_no_more_than_the_longer_of_both() => Measure(6.0, 3, cluster =>
    {
        var reconciler = cluster.FreezeReconciler();
        cluster.World.After(TimeSpan.FromSeconds(8), reconciler.Thaw);
        return TimeSpan.FromSeconds(12);
    });

    [Fact]
    public void A_node_cut_off_from_the_database_is_missed_for_a_second_more_than_the_ttl_at_most() => Measure(6.0, 3, cluster =>
    {
        var victim = cluster.Any();
        victim.IsCutOff = true;
        cluster.World.After(TimeSpan.FromSeconds(8), () => victim.IsCutOff = false);
        return TimeSpan.FromSeconds(14);
    });

    [Fact]
    public void A_join_costs_no_shard_more_than_three_tenths_of_a_second() => Measure(0.3, 3, cluster =>
    {
        _ = cluster.Start(9);
        return TimeSpan.FromSeconds(4);
    });

    [Fact]
    public void A_leave_costs_no_shard_more_than_three_tenths_of_a_second() => Measure(0.3, 3, cluster =>
    {
        cluster.Any().Leave();
        return TimeSpan.FromSeconds(4);
    });

    [Fact]
    public void Two_that_leave_at_once_cost_no_shard_more_than_three_tenths_of_a_second_each() => Measure(0.6, 4, cluster =>
    {
        foreach (var node in cluster.Running.Take(2).ToArray())
            node.Leave();
        return TimeSpan.FromSeconds(6);
    });

    [Fact]
    public void Ten_that_join_at_once_cost_no_shard_more_than_three_tenths_of_a_second_each()
    {
        var moves = 0;
        Measure(0.6, 3, cluster =>
        {
            var before = cluster.Invariants.Moves;
            for (var address = 10; address < 20; address++)
                _ = cluster.Start(address);
            cluster.World.After(TimeSpan.FromSeconds(6), () => moves += cluster.Invariants.Moves - before);
            return TimeSpan.FromSeconds(6);
        });
        output.WriteLine($"{moves / (double)Seeds:F1} moves for {_options.Shards * 10 / 13.0:F1} shards that belong elsewhere");
    }

    [Theory]
    [InlineData(10, Seeds)]
    [InlineData(600, 2)]
    public void After_an_absence_of_the_database_everything_is_as_it_was(double seconds, int seeds) => Measure(seconds - 1.5, 3, cluster =>
    {
        var before = cluster.Database.Tables.Snapshot().Shards;
        cluster.Database.Stop();
        cluster.World.After(TimeSpan.FromSeconds(seconds), cluster.Database.Start);
        cluster.World.After(TimeSpan.FromSeconds(seconds + 9), () => Assert.Equal(before, cluster.Database.Tables.Snapshot().Shards));
        return TimeSpan.FromSeconds(seconds + 10);
    }, seeds);

    [Fact]
    public void The_last_one_out_leaves_nothing_behind() => Each(cluster =>
    {
        cluster.Grow(3);
        foreach (var node in cluster.Running.ToArray())
            node.Leave();
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(5));
        Assert.Empty(cluster.Running);
        Assert.Empty(cluster.Database.Tables.Snapshot().Nodes);
        Assert.All(cluster.Database.Tables.Snapshot().Shards, s => Assert.Null(s.Owner));
    });

    [Fact]
    public void Of_two_halves_that_do_not_reach_each_other_one_stays_whole_and_nobody_flaps() => Each(cluster =>
    {
        cluster.Grow(4);
        HashSet<IPEndPoint> half = [.. cluster.Running.Take(2).Select(n => n.Address)];
        cluster.Links.Cut(half);
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(20));
        var up = Up(cluster);
        Assert.Equal(2, up.Length);
        Assert.Contains(half.Contains(up[0].Address), new[] { half.Contains(up[1].Address) });
        var evictions = cluster.Invariants.Evictions;
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(120));
        Assert.Equal(evictions, cluster.Invariants.Evictions);
        Assert.Equal(up, Up(cluster));
        cluster.Links.Heal(half);
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(5));
        Assert.Null(cluster.WhatIsWrong());
    });

    [Fact]
    public void Of_two_that_do_not_reach_each_other_the_younger_goes_until_they_do() => Each(cluster =>
    {
        cluster.Grow(3);
        var nodes = cluster.Running.ToArray();
        var oldest = nodes.MinBy(n => cluster.Database.Tables.Find(n.Self)!.Number)!;
        cluster.Links.CutBetween(oldest.Address, nodes.First(n => n != oldest).Address);
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(60));
        Assert.Equal(1, cluster.Invariants.Evictions);
        Assert.Contains(oldest, Up(cluster));
        Assert.Equal(2, Up(cluster).Length);
    });

    private static SimulatedNode[] Up(SimulatedCluster cluster) =>
        [.. cluster.Running.Where(n => cluster.Database.Tables.Find(n.Self)?.State == NodeRowState.Up)];

    private static void Each(Action<SimulatedCluster> history, int seeds = Seeds)
    {
        for (var seed = 1; seed <= seeds; seed++)
            history(new SimulatedCluster(seed, _options));
    }

    /// <summary>The longest time for which nobody served a shard, over all shards and seeds.</summary>
    private void Measure(double limit, int nodes, Func<SimulatedCluster, TimeSpan> happen, int seeds = Seeds)
    {
        var worst = TimeSpan.Zero;
        var sum = TimeSpan.Zero;
        Each(cluster =>
        {
            cluster.Grow(nodes);
            var service = new Service(cluster);
            cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(2 + cluster.World.Random.NextDouble()));
            cluster.World.RunUntil(cluster.World.Now + happen(cluster));
            Assert.Null(cluster.WhatIsWrong());
            var gap = service.LongestGap();
            sum += gap;
            if (gap > worst)
                worst = gap;
        }, seeds);
        output.WriteLine(FormattableString.Invariant($"longest gap {worst.TotalSeconds:F3} s, mean of the longest {sum.TotalSeconds / seeds:F3} s"));
        Assert.InRange(worst.TotalSeconds, 0, limit);
    }

    /// <summary>Looks every five milliseconds who is served.</summary>
    private sealed class Service
    {
        private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(5);
        private readonly SimulatedCluster _cluster;
        private readonly TimeSpan[] _servedAt;
        private TimeSpan _longest;

        public Service(SimulatedCluster cluster)
        {
            _cluster = cluster;
            _servedAt = new TimeSpan[cluster.Options.Shards];
            Array.Fill(_servedAt, cluster.World.Now);
            Look();
        }

        public TimeSpan LongestGap()
        {
            foreach (var at in _servedAt)
                _longest = _cluster.World.Now - at > _longest ? _cluster.World.Now - at : _longest;
            return _longest;
        }

        private void Look()
        {
            for (var shard = 0; shard < _servedAt.Length; shard++)
            {
                if (_cluster.Server(new ShardId(shard)) is null)
                    continue;
                var gap = _cluster.World.Now - _servedAt[shard];
                _longest = gap > _longest ? gap : _longest;
                _servedAt[shard] = _cluster.World.Now;
            }

            _cluster.World.After(_step, Look);
        }
    }
}
