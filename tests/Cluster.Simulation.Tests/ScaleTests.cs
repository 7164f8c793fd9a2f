using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;
using Conference.Cluster.Simulation.Tests.Model;

namespace Conference.Cluster.Simulation.Tests;

/// <summary>What a hundred nodes cost.</summary>
public class ScaleTests(ITestOutputHelper output)
{
    private static readonly MembershipRules _rules = new();

    [Fact]
    public void What_a_node_asks_of_the_database_does_not_grow_with_the_cluster()
    {
        var ten = Traffic(10);
        var hundred = Traffic(100);
        Assert.InRange(hundred.Statements, 0, ten.Statements * 1.1);
        Assert.InRange(hundred.Rows, 0, ten.Rows * 1.5);
    }

    [Fact]
    public void A_decision_among_a_hundred_nodes_takes_milliseconds()
    {
        var random = new Random(1);
        ImmutableArray<NodeRow> nodes = [.. Enumerable.Range(1, 100).Select(n => Row(n, random))];
        var homes = new Rendezvous(nodes.Select(n => n.Id));
        MembershipTables tables = new(1, nodes, [.. Enumerable.Range(0, 256).Select(s => new ShardRow(new ShardId(s), homes.HomeOf(new ShardId(s)), 1, null))]);
        var died = ReconcileEvidence.None with { Dead = [new DeadNode(nodes[50].Id, 1, DeathEvidence.BeatStoodStill)] };
        ImmutableArray<NodeId> other = [.. nodes.Skip(50).Select(n => n.Id)];
        var halved = tables with { Nodes = [.. nodes.Select((n, i) => i < 50 ? n with { Accused = other } : n)] };
        var voting = ReconcileEvidence.None with { Fresh = [.. nodes.Select(n => n.Id)] };

        Measure("nothing to do", tables, ReconcileEvidence.None);
        Measure("one died", tables, died);
        Measure("one joined", tables with { Nodes = nodes.Add(Row(101, random)) }, ReconcileEvidence.None);
        Measure("fifty accuse the other fifty", halved, voting);
    }

    private void Measure(string what, MembershipTables tables, ReconcileEvidence evidence)
    {
        const int rounds = 20;
        var plan = ReconcilePlan.Empty;
        for (var round = 0; round < rounds; round++)
            plan = ReconcilePlan.Decide(tables, evidence, _rules);
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < rounds; round++)
            plan = ReconcilePlan.Decide(tables, evidence, _rules);
        var each = clock.Elapsed / rounds;
        output.WriteLine(FormattableString.Invariant(
            $"{what}: {each.TotalMilliseconds:F2} ms ({plan.Evicted.Length} put out, {plan.Takeovers.Length} taken, {plan.Drains.Length} drained)"));
        Assert.InRange(each.TotalMilliseconds, 0, 100);
    }

    private (double Statements, double Rows) Traffic(int nodes)
    {
        var cluster = new SimulatedCluster(1, new SimulationOptions { Shards = 256, Rules = _rules });
        for (var address = 1; address <= nodes; address++)
            _ = cluster.Start(address);
        cluster.World.RunUntil(TimeSpan.FromSeconds(20));
        Assert.Null(cluster.WhatIsWrong());
        var (statements, rows) = (cluster.Database.Statements, cluster.Database.RowsRead);
        cluster.World.RunUntil(TimeSpan.FromSeconds(40));
        var result = ((cluster.Database.Statements - statements) / 20.0 / nodes, (cluster.Database.RowsRead - rows) / 20.0 / nodes);
        output.WriteLine(FormattableString.Invariant(
            $"{nodes} nodes started at once: {statements} statements and {rows} rows in 20 s; then {result.Item1:F2} statements and {result.Item2:F1} rows a second and node"));
        return result;
    }

    private static NodeRow Row(int number, Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new(new NodeId(new Guid(bytes)), number, new NodeCard("n", new IPEndPoint(number, 4330), "n"), NodeRowState.Up, 1, []);
    }
}
