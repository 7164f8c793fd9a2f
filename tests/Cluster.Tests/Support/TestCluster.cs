using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Conference.Protocol.Tests;
using Npgsql;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// Several real nodes on loopback addresses of their own, one real PostgreSQL, and a judge in it (<see cref="Judge"/>): triggers that write down which
/// process wrote what, and which was put out when.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    /// <summary>Of users and of rooms.</summary>
    public const int Shards = 2 * 64;

    /// <summary>A node that starts on a busy machine.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan _settleLimit = TimeSpan.FromSeconds(30);

    private static int s_lastAddress = 1;
    private static int s_lastWriter;

    private readonly Lock _gate = new();
    private readonly List<NodeProcess> _nodes = [];
    private readonly Dictionary<NodeProcess, NodeStart> _starts = [];

    private readonly bool _ownsPostgres;

    private TestCluster(PostgresProcess postgres, string database, bool ownsPostgres)
    {
        Postgres = postgres;
        Database = database;
        _ownsPostgres = ownsPostgres;
    }

    public PostgresProcess Postgres { get; }

    /// <summary>As a connection string.</summary>
    public string Database { get; }

    /// <summary>In the order they were started; those that have ended among them.</summary>
    public IReadOnlyList<NodeProcess> Nodes
    {
        get
        {
            lock (_gate)
                return [.. _nodes];
        }
    }

    /// <summary>Those that run and have been ready.</summary>
    public IReadOnlyList<NodeProcess> Live => [.. Nodes.Where(n => !n.HasExited && n.WasReady)];

    /// <summary>Starts PostgreSQL and so many nodes, and waits until they share the shards.</summary>
    public static Task<TestCluster> StartAsync(int nodes) => StartAsync(nodes, new PostgresProcess());

    /// <param name="nodes">See above.</param>
    /// <param name="postgres">To be started here, and disposed of with the cluster.</param>
    /// <param name="settings">For every one of these nodes.</param>
    public static async Task<TestCluster> StartAsync(int nodes, PostgresProcess postgres, params string[] settings)
    {
        await postgres.InitializeAsync();
        var cluster = new TestCluster(postgres, await postgres.CreateDatabaseAsync(), ownsPostgres: true);
        try
        {
            await Judge.InstallAsync(cluster.Database);
            if (nodes > 0)
            {
                // One by one at first: what cold nodes do at once has a test of its own.
                await cluster.StartNodeAsync(null, settings);
                await Task.WhenAll(Enumerable.Range(1, nodes - 1).Select(_ => cluster.StartNodeAsync(null, settings)));
                await cluster.IsSettledAsync(nodes);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another cluster, without nodes yet, on a database that is there already.</summary>
    /// <param name="postgres">Somebody else's.</param>
    /// <param name="database">As a connection string.</param>
    public static TestCluster On(PostgresProcess postgres, string database) => new(postgres, database, ownsPostgres: false);

    /// <summary>Starts one more, as docs/operating.md says it, and waits until it is ready.</summary>
    /// <param name="launch">Where it is not started like the others: its variables, and what runs before the command.</param>
    /// <param name="settings">Beyond, or instead of, what every node of the cluster is given.</param>
    public async Task<NodeProcess> StartNodeAsync(NodeLaunch? launch = null, params string[] settings)
    {
        var node = BeginNode(launch, settings);
        await node.ReadyAsync(StartLimit);
        await IsWarmAsync(node);
        return node;
    }

    /// <summary>
    /// The first join of a process compiles all that is behind it, which takes seconds where three do so at once: a client is told to try again, and does.
    /// </summary>
    private static async Task IsWarmAsync(NodeProcess node)
    {
        await using var client = await TestClient.ConnectAsync(node);
        string room = $"warm-{node.ProcessId}@{node.Address}";
        await Eventually.EqualAsync("303", async () => (await client.AskAsync($"CONN video {room}")).Split(' ')[0], StartLimit);
        await client.ExpectAsync($"DCON video {room}", "304 video disconnected");
        await client.ExpectAsync("QUIT", "421 quit");
    }

    /// <summary>The same, and does not wait for anything.</summary>
    public NodeProcess BeginNode(NodeLaunch? launch = null, params string[] settings)
    {
        string address = Given("Qcvc:Address") ?? NextAddress();
        string advertised = Given("Cluster:Advertise") ?? address;
        int clusterPort = int.Parse(Given("Cluster:Port") ?? FreeTcpPort(launch is { Command.Count: > 0 } ? "127.0.0.1" : advertised), CultureInfo.InvariantCulture);
        return Begin(new NodeStart(
            launch ?? new NodeLaunch { Command = [] }, address, clusterPort, Given("Store:Postgres") ?? Database,
            [.. settings.Where(s => !s.StartsWith("Store:Postgres=", StringComparison.Ordinal))]));

        string? Given(string key) => settings.LastOrDefault(s => s.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];
    }

    /// <summary>Starts one that has ended again, in its place, as a process manager does; does not wait for anything.</summary>
    public NodeProcess BeginAgain(NodeProcess ended)
    {
        NodeStart start;
        lock (_gate)
            start = _starts[ended];
        return Begin(start);
    }

    /// <summary>The same, and waits until it is ready.</summary>
    public async Task<NodeProcess> StartAgainAsync(NodeProcess ended)
    {
        var node = BeginAgain(ended);
        await node.ReadyAsync(StartLimit);
        await IsWarmAsync(node);
        return node;
    }

    /// <summary>Starts one that is expected to give up, and waits for that.</summary>
    public async Task<(int ExitCode, string Output)> RunNodeAsync(TimeSpan limit, params string[] settings)
    {
        var node = BeginNode(null, settings);
        return (await node.ExitAsync(limit), node.Output);
    }

    /// <summary>
    /// So many nodes live, each says of all that they are up and reachable, and each shard has one owner: what each node says of its own shards comes
    /// to all there are.
    /// </summary>
    public async Task IsSettledAsync(int nodes, TimeSpan? limit = null)
    {
        string state = "";
        try
        {
            await Eventually.IsTrueAsync(async () => (state = await UnsettledAsync(nodes)).Length == 0, limit ?? _settleLimit);
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Fail($"not settled: {state}\n{string.Join('\n', Nodes.Select(n => $"--- {n.Name()}\n{n.LastWords()}"))}");
        }
    }

    /// <summary><c>Cluster:Port</c>: of the remoting, and the first of its trunks.</summary>
    public int ClusterPort(NodeProcess node)
    {
        lock (_gate)
            return _starts[node].ClusterPort;
    }

    /// <summary>GET nodes, as one of them tells it; empty where it does not answer.</summary>
    public static async Task<IReadOnlyList<JsonElement>> NodesAsync(NodeProcess node)
    {
        using var admin = new AdminClient(node);
        try
        {
            var (status, body) = await admin.GetAsync("nodes");
            return status == 200 ? [.. body.GetProperty("items").EnumerateArray()] : [];
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>Which lives of which nodes there are, as each of these tells it: changes when anybody is put out, comes or goes.</summary>
    public async Task<string> MembershipAsync()
    {
        var told = await Task.WhenAll(Live.Select(async n => string.Join(' ', (await NodesAsync(n)).Select(m => m.GetProperty("id").GetString()).Order())));
        return string.Join('\n', told.Distinct());
    }

    /// <summary>How many shards a node owns.</summary>
    public static async Task<int> ShardsAsync(NodeProcess node) =>
        (await NodesAsync(node)).Where(n => n.GetProperty("self").GetBoolean()).Select(n => n.GetProperty("shards").GetInt32()).SingleOrDefault(-1);

    public Task<T> SqlAsync<T>(string sql) => SqlAsync<T>(Database, sql);

    /// <summary>One after the other, whatever the server lets others do.</summary>
    public async Task SqlAsync(params string[] statements)
    {
        await using var source = NpgsqlDataSource.Create(Database + ";Pooling=false;Timeout=5;Command Timeout=20;Options=-c default_transaction_read_only=off");
        foreach (string statement in statements)
        {
#pragma warning disable CA2100 // The tests' own.
            await using var command = source.CreateCommand(statement);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            node.Thaw();
            Keep(node);
            await node.DisposeAsync();
        }

        if (_ownsPostgres)
            await Postgres.DisposeAsync();
    }

    internal static async Task<T> SqlAsync<T>(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Pooling=false;Timeout=5;Command Timeout=20");
#pragma warning disable CA2100 // The tests' own.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What it said, in the folder that the variable CONFERENCE_TEST_LOGS names, for whoever reads why a test failed.</summary>
    private static void Keep(NodeProcess node)
    {
        if (Environment.GetEnvironmentVariable("CONFERENCE_TEST_LOGS") is not { Length: > 0 } folder)
            return;
        folder = Path.Combine(folder, TestContext.Current.TestMethod?.MethodName ?? "no-test");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{node.Name()}-{node.ProcessId}.log")), node.Output);
    }

    private NodeProcess Begin(NodeStart start)
    {
        string address = start.Address;
        string[] own =
        [
            $"Qcvc:Address={address}", $"Http:Address={address}", $"Cluster:Advertise={address}",
            string.Create(CultureInfo.InvariantCulture, $"Cluster:Port={start.ClusterPort}"),
            $"Http:AdminToken={AdminClient.Token}", $"Node:Name=node-{address}", "Media:Ports=11000-11063", "Media:Loops=1",
            .. NodeProcess.NoLimits,
        ];
        var given = start.Settings.Select(s => s[..s.IndexOf('=', StringComparison.Ordinal)]).ToHashSet();
        // Every life writes under a number of its own, which is how the judge knows them.
        var database = new NpgsqlConnectionStringBuilder(start.Database) { Options = $"-c {Judge.WriterSetting}={Interlocked.Increment(ref s_lastWriter)}" };
        var node = NodeProcess.Begin(
            start.Launch with { Command = [.. start.Launch.Command, RepositoryRoot.File("deploy", "local", "node"), address, database.ConnectionString] },
            [.. own.Where(s => !given.Contains(s[..s.IndexOf('=', StringComparison.Ordinal)])), .. start.Settings]);
        lock (_gate)
        {
            _nodes.Add(node);
            _starts[node] = start;
        }

        return node;
    }

    /// <returns>What is missing; empty when nothing is.</returns>
    private async Task<string> UnsettledAsync(int nodes)
    {
        var live = Live;
        if (live.Count != nodes)
            return $"{live.Count} nodes live instead of {nodes}";
        var told = await Task.WhenAll(live.Select(NodesAsync));
        int shards = 0;
        foreach (var members in told)
        {
            if (members.Count != nodes || !members.All(IsWell))
                return $"of {nodes} nodes one says: {string.Join(' ', members)}";
            shards += members.Single(n => n.GetProperty("self").GetBoolean()).GetProperty("shards").GetInt32();
        }

        return shards == Shards ? "" : $"{shards} shards have an owner";
    }

    private static bool IsWell(JsonElement node) =>
        node.GetProperty("state").GetString() == "up" && node.GetProperty("reachable").GetBoolean() && !node.GetProperty("draining").GetBoolean();

    // Addresses of this process's own, so that two runs on one machine do not meet.
    private static string NextAddress()
    {
        int number = Interlocked.Increment(ref s_lastAddress);
        return string.Create(CultureInfo.InvariantCulture, $"127.{1 + (Environment.ProcessId % 250)}.{number / 250}.{number % 250}");
    }

    private static string FreeTcpPort(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
