using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;
using Conference.Node.Cluster;
using Microsoft.Extensions.Logging;

namespace Conference.Persistence.Tests.Cluster;

/// <summary>A node as far as its cluster is concerned: the driver on a real database, a port that is open, links that just work, entities that stop when told.</summary>
internal sealed class TestNode : IShardHost, IAsyncDisposable
{
    private readonly Meter _meter = new("test");
    private readonly TcpListener _port;
    private readonly IDisposable _subscription;
    private readonly MeterListener _counters = new();
    private long _statements;
    private bool _isGone;

    /// <param name="all">Told of every view.</param>
    /// <param name="name">Its name.</param>
    /// <param name="connectionString">Of the database.</param>
    /// <param name="port">Another node's, which it pretends to have; null has a free one.</param>
    public TestNode(TestNodes all, string name, string connectionString, int? port)
    {
        Name = name;
        _port = new TcpListener(IPAddress.Loopback, 0);
        _port.Start();
        Port = port ?? ((IPEndPoint)_port.LocalEndpoint).Port;
        _counters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter && instrument.Name == "conference_cluster_statements")
                listener.EnableMeasurementEvents(instrument);
        };
        _counters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _statements, count));
        _counters.Start();
        var card = new NodeCard(name, new IPEndPoint(IPAddress.Loopback, Port), $"{name}.example.org");
        Cluster = new PostgresCluster(connectionString, card, new MembershipRules(), Lives.Enqueue, _meter, Log);
        Cluster.Attach(this);
        _subscription = Cluster.Subscribe(_ => all.Changed());
    }

    public string Name { get; }

    public int Port { get; }

    public PostgresCluster Cluster { get; }

    public TestLog Log { get; } = new();

    /// <summary>All there were.</summary>
    public ConcurrentQueue<NodeId> Lives { get; } = [];

    /// <summary>Shards whose entities have stopped at an epoch.</summary>
    public ConcurrentDictionary<(ShardId Shard, long Epoch), bool> HandedOff { get; } = [];

    /// <summary>That it sent to the database for its cluster.</summary>
    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>How long entities take to stop.</summary>
    public Task Stopping { get; set; } = Task.CompletedTask;

    /// <summary>Its entities of a shard run, and would act.</summary>
    public bool Acts(ShardId shard, long epoch) => !IsGone && Cluster.MayAct(shard, epoch) && !HandedOff.ContainsKey((shard, epoch));

    public int Owned => Cluster.View.Shards.Count(s => s.Owner == Cluster.Self);

    /// <summary>It has been killed, or has left.</summary>
    public bool IsGone => Volatile.Read(ref _isGone);

    public async Task HandOffAsync(ShardId shard, long epoch)
    {
        await Stopping;
        HandedOff[(shard, epoch)] = true;
    }

    public void Fenced() => Log.Write("entities stopped");

    /// <summary>As a crash: connections end, the port closes, nothing is said.</summary>
    public async Task KillAsync()
    {
        Volatile.Write(ref _isGone, true);
        _port.Stop();
        await Cluster.DisposeAsync();
    }

    public async Task LeaveAsync()
    {
        await Cluster.LeaveAsync().WaitAsync(TestNodes.Patience);
        Volatile.Write(ref _isGone, true);
    }

    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        _port.Stop();
        await Cluster.DisposeAsync();
        _counters.Dispose();
        _meter.Dispose();
    }
}

/// <summary>Keeps what a node logs.</summary>
internal sealed class TestLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> Lines => _lines;

    public string Text => string.Join('\n', _lines);

    public void Write(string line) => _lines.Enqueue(line);

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Write(formatter(state, exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
