using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;
using Conference.Node.Cluster;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Conference.Bench.Cluster;

/// <summary>
/// What the cluster itself costs its database as nodes grow: so many nodes' membership and shards, all in this process and on one
/// PostgreSQL, with links that just work. Target: what a node sends does not grow with the number of nodes.
/// </summary>
internal static class StateBench
{
    private static readonly TimeSpan _measured = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(string[] args)
    {
        int[] sizes = args.Length > 0 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : [3, 10, 30, 100];
        await using var postgres = await LocalCluster.StartAsync(0);
        Console.WriteLine("nodes  settled after  statements/s of a node  rows watched/s of a node  all/s  WAL/s of a node  CPU of PostgreSQL  dead one replaced after");
        foreach (int size in sizes)
            await MeasureAsync(postgres.Database, size);
        return 0;
    }

    private static async Task MeasureAsync(string server, int size)
    {
        string database = await CreateDatabaseAsync(server, size);
        await using var nodes = new StateNodes(database);
        long started = Stopwatch.GetTimestamp();
        nodes.Start(size);
        await nodes.SettleAsync();
        var settled = Stopwatch.GetElapsedTime(started);

        var before = await ReadAsync(database, nodes);
        await Task.Delay(_measured);
        var after = await ReadAsync(database, nodes);
        double seconds = (after.At - before.At).TotalSeconds;
        double statements = (after.Statements - before.Statements) / seconds;

        started = Stopwatch.GetTimestamp();
        await nodes.KillOneAsync();
        await nodes.SettleAsync();
        var replaced = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{size,5}  {settled.TotalSeconds,11:0.0} s  {statements / size,22:0.00}  {(after.Rows - before.Rows) / seconds / size,24:0.0}  {statements,5:0}  {(after.Wal - before.Wal) / seconds / size,9:0} bytes  {(after.Cpu - before.Cpu).TotalSeconds / seconds * 100,14:0.0} %  {replaced.TotalSeconds,20:0.0} s"));
    }

    private static async Task<string> CreateDatabaseAsync(string server, int size)
    {
        await using var source = NpgsqlDataSource.Create(server + ";Pooling=false");
        string name = string.Create(CultureInfo.InvariantCulture, $"state{size}");
        await using (var create = source.CreateCommand($"create database {name}"))
            await create.ExecuteNonQueryAsync();
        string database = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        using var meter = new Meter("tables");
        await using var store = await Conference.Node.Persistence.Postgres.PostgresStore.OpenAsync(
            database, new Conference.Node.Persistence.StoreOptions(), meter, NullLoggerFactory.Instance);
        return database;
    }

    private static async Task<Reading> ReadAsync(string database, StateNodes nodes)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        await using var command = source.CreateCommand(
            "select (select setting from pg_settings where name = 'data_directory'), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        int postmaster = int.Parse((await File.ReadAllLinesAsync(Path.Combine(reader.GetString(0), "postmaster.pid")))[0], CultureInfo.InvariantCulture);
        return new Reading(Stopwatch.GetElapsedTime(0), nodes.Statements, nodes.Rows, reader.GetInt64(1), CpuOf(postmaster));
    }

    /// <summary>Of a process and all its children, those that have ended among them.</summary>
    private static TimeSpan CpuOf(int postmaster)
    {
        long ticks = 0;
        foreach (string folder in Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                // After the name, which may hold anything: state, parent, ...
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                bool isIt = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture) == postmaster;
                if (isIt || int.Parse(fields[1], CultureInfo.InvariantCulture) == postmaster)
                    ticks += fields.AsSpan(11, isIt ? 4 : 2).ToArray().Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // It has just ended, and is counted by its parent next time.
            }
        }

        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    private sealed record Reading(TimeSpan At, long Statements, long Rows, long Wal, TimeSpan Cpu);
}

/// <summary>The nodes: drivers of a membership machine with a port that is open and entities that stop at once.</summary>
internal sealed class StateNodes(string database) : IShardHost, IAsyncDisposable
{
    private readonly List<(PostgresCluster Cluster, TcpListener Port, Meter Meter)> _nodes = [];
    private readonly ConcurrentDictionary<NodeId, byte> _dead = [];
    private readonly MeterListener _counters = new();
    private long _statements;
    private long _rows;

    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>Rows of nodes that were read to watch their beats.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    public void Start(int count)
    {
        _counters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "conference_cluster_statements" or "conference_cluster_observed_rows")
                listener.EnableMeasurementEvents(instrument);
        };
        _counters.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            Interlocked.Add(ref instrument.Name == "conference_cluster_statements" ? ref _statements : ref _rows, value));
        _counters.Start();
        for (int i = 0; i < count; i++)
        {
            var port = new TcpListener(IPAddress.Loopback, 0);
            port.Start(128);
            var meter = new Meter("node");
            var card = new NodeCard($"n{i}", (IPEndPoint)port.LocalEndpoint, $"n{i}.example.org");
            var cluster = new PostgresCluster(database, card, new MembershipRules(), _ => { }, meter, NullLoggerFactory.Instance);
            cluster.Attach(this);
            cluster.Subscribe(view =>
            {
                foreach (var peer in view.Nodes.Where(n => n.Id != cluster.Self && !_dead.ContainsKey(n.Id)))
                    cluster.LinkUp(peer.Id);
            });
            _nodes.Add((cluster, port, meter));
            cluster.Start();
        }
    }

    /// <summary>Waits until all agree that they own everything, and nothing is on its way.</summary>
    public async Task SettleAsync()
    {
        long started = Stopwatch.GetTimestamp();
        while (!_nodes.TrueForAll(n => IsSettled(n.Cluster)))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(3))
                throw new TimeoutException("they do not settle");
            await Task.Delay(20);
        }
    }

    public async Task KillOneAsync()
    {
        var node = _nodes[^1];
        _nodes.RemoveAt(_nodes.Count - 1);
        _dead[node.Cluster.Self] = 0;
        node.Port.Stop();
        await node.Cluster.DisposeAsync();
        node.Meter.Dispose();
    }

    public Task HandOffAsync(ShardId shard, long epoch) => Task.CompletedTask;

    public void Fenced()
    {
    }

    public async ValueTask DisposeAsync()
    {
        _counters.Dispose();
        await Task.WhenAll(_nodes.Select(n => n.Cluster.DisposeAsync().AsTask()));
        foreach (var (_, port, meter) in _nodes)
        {
            port.Stop();
            meter.Dispose();
        }
    }

    private bool IsSettled(PostgresCluster node)
    {
        var view = node.View;
        return node.HoldsLease && view.Nodes.Length == _nodes.Count && view.Nodes.All(n => n.State == NodeState.Up)
            && view.Shards.All(s => s.Owner is { } owner && !s.IsDraining && !_dead.ContainsKey(owner));
    }
}
