using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Conference.Protocol.Tests;
using Npgsql;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// Several real nodes on loopback addresses of their own, one real PostgreSQL, and a judge in it: triggers that write down every
/// change of owner and every event that was committed at another epoch than its shard's.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    /// <summary>A beat every second, and so long a node lives without one.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);

    private static int s_lastAddress = 1;

    private readonly List<NodeProcess> _nodes = [];
    private readonly Dictionary<NodeProcess, int> _clusterPorts = [];

    private TestCluster(PostgresProcess postgres, string database)
    {
        Postgres = postgres;
        Database = database;
    }

    public PostgresProcess Postgres { get; }

    /// <summary>As a connection string.</summary>
    public string Database { get; }

    /// <summary>In the order they were started; those that have ended among them.</summary>
    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    /// <summary>Starts PostgreSQL and so many nodes, and waits until they share the shards.</summary>
    public static async Task<TestCluster> StartAsync(int nodes)
    {
        var postgres = new PostgresProcess();
        await postgres.InitializeAsync();
        var cluster = new TestCluster(postgres, await postgres.CreateDatabaseAsync());
        try
        {
            if (nodes > 0)
            {
                // The first makes the tables.
                await cluster.StartNodeAsync();
                await Judge.InstallAsync(cluster.Database);
                await Task.WhenAll(Enumerable.Range(1, nodes - 1).Select(_ => cluster.StartNodeAsync()));
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

    /// <summary>Starts one more, as docs/operating.md says it.</summary>
    /// <param name="launch">Where it is not started like the others: its variables, and what runs before the command.</param>
    /// <param name="settings">Beyond, or instead of, what every node of the cluster is given.</param>
    public async Task<NodeProcess> StartNodeAsync(NodeLaunch? launch = null, params string[] settings)
    {
        string address = NextAddress();
        int clusterPort = FreeTcpPort(address);
        string[] own =
        [
            $"Qcvc:Address={address}", $"Http:Address={address}", $"Cluster:Advertise={address}", string.Create(CultureInfo.InvariantCulture, $"Cluster:Port={clusterPort}"),
            $"Http:AdminToken={AdminClient.Token}", $"Node:Name=node-{address}", "Media:Ports=11000-11063", "Media:Loops=1",
        ];
        var given = settings.Select(s => s[..s.IndexOf('=', StringComparison.Ordinal)]).ToHashSet();
        var node = await NodeProcess.StartAsync(
            new NodeLaunch
            {
                Command = [.. launch is null ? [] : launch.Command, RepositoryRoot.File("deploy", "local", "node"), address, Database],
                Environment = launch?.Environment ?? new Dictionary<string, string>(),
            },
            [.. own.Where(s => !given.Contains(s[..s.IndexOf('=', StringComparison.Ordinal)])), .. settings]);
        lock (_nodes)
        {
            _nodes.Add(node);
            _clusterPorts[node] = clusterPort;
        }

        return node;
    }

    /// <summary>So many nodes are up, own all shards between them, none is on its way, and all of them say so.</summary>
    public async Task IsSettledAsync(int nodes, TimeSpan? limit = null)
    {
        var live = Live;
        foreach (var node in live)
            await Eventually.IsTrueAsync(async () => IsSettled(await NodesAsync(node), nodes), limit ?? TimeSpan.FromSeconds(20));
    }

    /// <summary><c>Cluster:Port</c>: of its links, and the first of its trunks.</summary>
    public int ClusterPort(NodeProcess node) => _clusterPorts[node];

    public IReadOnlyList<NodeProcess> Live => [.. _nodes.Where(n => !n.HasExited)];

    /// <summary>GET nodes, as one of them tells it; empty where it does not answer.</summary>
    public static async Task<IReadOnlyList<JsonElement>> NodesAsync(NodeProcess node)
    {
        using var admin = new AdminClient(node);
        try
        {
            var (status, body) = await admin.GetAsync("nodes");
            return status == 200 ? [.. body.GetProperty("items").EnumerateArray()] : [];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    public Task<T> SqlAsync<T>(string sql) => SqlAsync<T>(Database, sql);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.Thaw();
            await node.DisposeAsync();
        }

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

    private static bool IsSettled(IReadOnlyList<JsonElement> told, int nodes) =>
        told.Count == nodes
        && told.All(n => n.GetProperty("state").GetString() == "up")
        && told.Sum(n => n.GetProperty("shards").GetInt32()) == 256
        && told.Sum(n => n.GetProperty("draining").GetInt32()) == 0;

    // Addresses of this process's own, so that two runs on one machine do not meet.
    private static string NextAddress()
    {
        int number = Interlocked.Increment(ref s_lastAddress);
        return string.Create(CultureInfo.InvariantCulture, $"127.{1 + (Environment.ProcessId % 250)}.{number / 250}.{number % 250}");
    }

    private static int FreeTcpPort(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
