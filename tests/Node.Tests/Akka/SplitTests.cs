using Conference.Node.Akka;
using Conference.Node.Tests.Akka.Support;

namespace Conference.Node.Tests.Akka;

/// <summary>Cuts between nodes that are all alive: nothing is refused, nothing comes through.</summary>
public sealed class SplitTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan _decision = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Of_two_nodes_that_are_cut_from_each_other_exactly_one_goes_on()
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await UpAsync(a, b);

        await CutAsync((a, b));
        // Whoever goes on does so only once the other has stopped acting.
        var stopped = await Task.WhenAny(a.Exited, b.Exited).WaitAsync(_decision) == a.Exited ? a : b;
        var stays = stopped == a ? b : a;
        await Eventually.IsTrueAsync(() => stays.Cluster.State.Members.Count == 1);
        Assert.False(stopped.Guard.MayAct);

        await Eventually.IsTrueAsync(() => stays.Guard.MayAct);
        Assert.Equal(DownedShutdown.DownedExitCode, await stopped.Exited);
        Assert.False(stays.Exited.IsCompleted);
    }

    [Fact]
    public async Task A_node_that_is_cut_off_stops_acting_before_the_others_may_take_its_place()
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await using var c = await StartAsync(4, a.DatabaseName);
        await UpAsync(a, b, c);

        await CutAsync((a, c), (b, c));
        bool hasBeenRemoved = false, hasActedThen = false;
        await Eventually.IsTrueAsync(() =>
        {
            bool mayAct = c.Guard.MayAct;
            hasBeenRemoved = a.Cluster.State.Members.Count == 2 || b.Cluster.State.Members.Count == 2;
            hasActedThen |= hasBeenRemoved && mayAct && c.Guard.MayAct;
            return hasBeenRemoved;
        });

        Assert.False(hasActedThen);
        Assert.Equal(DownedShutdown.DownedExitCode, await c.Exited.WaitAsync(_decision));
        Assert.True(a.Guard.MayAct && b.Guard.MayAct);
        Assert.Equal(0, a.ProvenDeaths + b.ProvenDeaths);
    }

    [Fact]
    public async Task Of_two_halves_the_one_that_reaches_the_database_goes_on()
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await UpAsync(a, b);

        // The one that Akka would choose.
        a.Database.Refuse();
        await CutAsync((a, b));

        Assert.Equal(DownedShutdown.DownedExitCode, await a.Exited.WaitAsync(_decision));
        await Eventually.IsTrueAsync(() => b.Cluster.State.Members.Count == 1 && b.Guard.MayAct);
        Assert.False(b.Exited.IsCompleted);
    }

    [Fact]
    public async Task Two_halves_without_a_database_both_stop()
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await UpAsync(a, b);

        a.Database.Refuse();
        b.Database.Refuse();
        await CutAsync((a, b));

        await Task.WhenAll(a.Exited, b.Exited).WaitAsync(_decision);
    }

    [Fact]
    public async Task A_majority_goes_on_without_the_database_and_a_minority_stops_with_it()
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await using var c = await StartAsync(4, a.DatabaseName);
        await UpAsync(a, b, c);

        // The minority has the lowest address: Akka's choice where all else is equal.
        b.Database.Refuse();
        c.Database.Refuse();
        await CutAsync((a, b), (a, c));

        Assert.Equal(DownedShutdown.DownedExitCode, await a.Exited.WaitAsync(_decision));
        await Eventually.IsTrueAsync(() => b.Cluster.State.Members.Count == 2 && c.Cluster.State.Members.Count == 2 && b.Guard.MayAct && c.Guard.MayAct);
        Assert.False(b.Exited.IsCompleted || c.Exited.IsCompleted);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task One_cut_link_of_three_leaves_a_node_that_hears_both(int middle)
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await using var c = await StartAsync(4, a.DatabaseName);
        await UpAsync(a, b, c);
        TestNode[] all = [a, b, c];
        var hearsBoth = all[middle - 2];
        var others = all.Where(n => n != hearsBoth).ToArray();

        await CutAsync((others[0], others[1]));

        await Task.WhenAll(others.Select(n => n.Exited)).WaitAsync(_decision);
        await Eventually.IsTrueAsync(() => hearsBoth.Cluster.State.Members.Count == 1 && hearsBoth.Guard.MayAct);
        Assert.False(hearsBoth.Exited.IsCompleted);
    }

    [Fact]
    public async Task Three_that_are_all_cut_from_each_other_all_stop()
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await using var c = await StartAsync(4, a.DatabaseName);
        await UpAsync(a, b, c);

        await CutAsync((a, b), (a, c), (b, c));

        await Task.WhenAll(a.Exited, b.Exited, c.Exited).WaitAsync(_decision);
    }

    [Fact]
    public async Task A_cut_that_heals_in_time_costs_nothing()
    {
        await using var a = await StartAsync(2, await server.CreateDatabaseAsync());
        await using var b = await StartAsync(3, a.DatabaseName);
        await UpAsync(a, b);

        await CutAsync((a, b));
        await Eventually.IsTrueAsync(() => a.Cluster.State.Unreachable.Count == 1 || b.Cluster.State.Unreachable.Count == 1);
        await a.MendToAsync(b);
        await b.MendToAsync(a);

        await Eventually.IsTrueAsync(() => a.UpMembers == 2 && b.UpMembers == 2 && a.Guard.MayAct && b.Guard.MayAct);
        Assert.False(a.Exited.IsCompleted || b.Exited.IsCompleted);
    }

    private async Task<TestNode> StartAsync(int number, string database)
    {
        var node = await TestNode.StartAsync(server, database, number);
        await node.JoinAsync();
        return node;
    }

    private static Task UpAsync(params TestNode[] nodes) => Eventually.IsTrueAsync(() => nodes.All(n => n.UpMembers == nodes.Length && n.Guard.MayAct));

    private static async Task CutAsync(params (TestNode One, TestNode Other)[] links)
    {
        foreach (var (one, other) in links)
            await Task.WhenAll(one.CutFromAsync(other), other.CutFromAsync(one));
    }
}
