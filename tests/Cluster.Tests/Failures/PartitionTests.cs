using System.Globalization;
using System.Net;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Failures;

/// <summary>
/// Nodes in networks of their own that are cut from each other, and from the database or not. Where a working cluster can go on, it does; nowhere are there
/// two; who is put out comes back as soon as the cables are whole.
/// </summary>
[Trait("Category", "Cluster")]
public sealed class PartitionTests
{
    private static readonly TimeSpan _decided = TimeSpan.FromSeconds(40);

    [Theory, Trait("Category", "Cluster")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_of_three_is_cut_off(bool reachesTheDatabase)
    {
        await using var cut = await Partition.StartAsync(3);
        await Network.CutAsync([cut.At(2)], cut.At(0), cut.At(1));
        if (!reachesTheDatabase)
            await cut.CutFromDatabaseAsync(2);

        await cut.GoOnAsync([0, 1], putOut: [2]);
        await cut.HealAndCheckAsync();
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Two_of_three_go_on_without_the_database_and_the_third_does_not_though_it_reaches_it()
    {
        await using var cut = await Partition.StartAsync(3);
        await Network.CutAsync([cut.At(2)], cut.At(0), cut.At(1));
        await cut.CutFromDatabaseAsync(0, 1);

        // What is here goes on; nothing can be stored before the database is there again.
        await cut.ArePutOutAsync(2);
        await cut.AreMembersAsync([0, 1]);
        await cut.HealAndCheckAsync();
    }

    [Theory, Trait("Category", "Cluster")]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Of_two_that_are_cut_from_each_other_exactly_one_goes_on(bool firstReachesTheDatabase, bool secondReachesTheDatabase)
    {
        await using var cut = await Partition.StartAsync(2);
        await Network.CutAsync([cut.At(0)], cut.At(1));
        if (!firstReachesTheDatabase)
            await cut.CutFromDatabaseAsync(0);
        if (!secondReachesTheDatabase)
            await cut.CutFromDatabaseAsync(1);

        await Eventually.IsTrueAsync(() => cut.Originals.Count(n => n.HasExited) == 1, _decided);
        var gone = cut.Originals.Single(n => n.HasExited);
        Assert.Equal(TestNode.PutOut, gone.ExitCode);
        if (firstReachesTheDatabase != secondReachesTheDatabase)
            Assert.Same(cut.Originals[firstReachesTheDatabase ? 1 : 0], gone);
        await cut.Load.IsServedAsync(TimeSpan.FromSeconds(30));
        Assert.Single(cut.Originals, n => !n.HasExited);
        await cut.HealAndCheckAsync();
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task One_cable_of_three_is_cut_and_a_working_cluster_stays()
    {
        await using var cut = await Partition.StartAsync(3);
        // 0 and 1 do not see each other; 2 sees both.
        await Network.CutAsync([cut.At(0)], cut.At(1));

        await Eventually.IsTrueAsync(() => cut.Originals.Any(n => n.HasExited), _decided);
        await cut.Load.IsServedAsync(TimeSpan.FromSeconds(40));
        TestContext.Current.TestOutputHelper!.WriteLine($"one cable of three: {cut.Survivors} stay");
        Assert.False(cut.Originals[2].HasExited, "the node that sees both was put out");
        await cut.HealAndCheckAsync();
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Each_of_three_is_alone_all_are_put_out_and_come_back_as_one()
    {
        await using var cut = await Partition.StartAsync(3);
        await Network.CutAsync([cut.At(0)], cut.At(1), cut.At(2));
        await Network.CutAsync([cut.At(1)], cut.At(2));

        // None is a majority.
        await cut.ArePutOutAsync(0, 1, 2);
        await cut.HealAndCheckAsync();
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Five_fall_into_two_and_two_and_one_and_come_back_as_one()
    {
        await using var cut = await Partition.StartAsync(5);
        await Network.CutAsync([cut.At(0), cut.At(1)], cut.At(2), cut.At(3), cut.At(4));
        await Network.CutAsync([cut.At(2), cut.At(3)], cut.At(4));

        await cut.ArePutOutAsync(0, 1, 2, 3, 4);
        await cut.HealAndCheckAsync();
    }

    /// <summary>Nodes in networks of their own, under load, with a process manager.</summary>
    private sealed class Partition : IAsyncDisposable
    {
        private readonly Network _network;
        private readonly TestCluster _cluster;
        private readonly Restarts _restarts;
        private readonly int _databasePort;

        private Partition(Network network, TestCluster cluster, int databasePort, RoomLoad load)
        {
            (_network, _cluster, _databasePort, Load) = (network, cluster, databasePort, load);
            Originals = cluster.Nodes;
            _restarts = Restarts.Of(cluster);
        }

        public RoomLoad Load { get; }

        public IReadOnlyList<NodeProcess> Originals { get; }

        public string Survivors => string.Join(' ', Originals.Index().Where(n => !n.Item.HasExited).Select(n => n.Index));

        public static async Task<Partition> StartAsync(int nodes)
        {
            var network = await Network.CreateAsync(nodes);
            var cluster = await TestCluster.StartAsync(0, new PostgresProcess { Addresses = $"127.0.0.1,{network.Outside}" });
            var database = new NpgsqlConnectionStringBuilder(cluster.Database) { Host = network.Outside.ToString() };
            foreach (var one in network.Namespaces)
            {
                var address = one.Address;
                await cluster.StartNodeAsync(
                    new NodeLaunch { Command = one.Command },
                    $"Store:Postgres={database.ConnectionString}", $"Qcvc:Address={address}", $"Http:Address={address}", $"Media:Address={address}",
                    $"Cluster:Advertise={address}", "Cluster:Port=4330");
            }

            await cluster.IsSettledAsync(nodes);
            var load = RoomLoad.Start(cluster);
            await load.IsServedAsync(TimeSpan.FromSeconds(30));
            return new Partition(network, cluster, database.Port, load);
        }

        public Namespace At(int node) => _network.Namespaces[node];

        public async Task CutFromDatabaseAsync(params int[] nodes)
        {
            foreach (int node in nodes)
                await At(node).CutAsync(_network.Outside, _databasePort);
        }

        /// <summary>Those end with exit code 3.</summary>
        public async Task ArePutOutAsync(params int[] nodes)
        {
            foreach (int node in nodes)
                await Originals[node].IsPutOutAsync(_decided);
        }

        /// <summary>Those and no others are the cluster, as each of them says.</summary>
        public Task AreMembersAsync(int[] nodes) => Eventually.IsTrueAsync(
            async () =>
            {
                foreach (int node in nodes)
                {
                    var told = await TestCluster.NodesAsync(Originals[node]);
                    if (told.Count != nodes.Length || !told.All(n => n.GetProperty("reachable").GetBoolean()))
                        return false;
                }

                return true;
            },
            TimeSpan.FromSeconds(30));

        public async Task GoOnAsync(int[] nodes, int[] putOut)
        {
            Load.Mark();
            await ArePutOutAsync(putOut);
            await AreMembersAsync(nodes);
            await Load.IsServedAsync(TimeSpan.FromSeconds(30));
            TestContext.Current.TestOutputHelper!.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"cut: longest without a write {Load.LongestGap.TotalSeconds:0.00} s, the writers' own patience of 6 s included"));
        }

        /// <summary>With whole cables all are together again, and nothing was ever written by two.</summary>
        public async Task HealAndCheckAsync()
        {
            await _network.HealAsync();
            await _cluster.IsSettledAsync(Originals.Count, TimeSpan.FromSeconds(120));
            await Load.IsServedAsync(TimeSpan.FromSeconds(30));
            await Load.StopAndCheckAsync();
            await Judge.FoundNothingAsync(_cluster);
        }

        public async ValueTask DisposeAsync()
        {
            await Load.DisposeAsync();
            await _restarts.DisposeAsync();
            await _cluster.DisposeAsync();
            await _network.DisposeAsync();
        }
    }
}
