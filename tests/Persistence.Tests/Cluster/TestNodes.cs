using System.Diagnostics;
using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Sharding;
using Conference.Node.Cluster;
using Conference.Node.Persistence;
using Conference.Persistence.Tests.Support;

namespace Conference.Persistence.Tests.Cluster;

/// <summary>
/// Several nodes in this process and one database. All the while one thread looks whether two of them may act for a shard at once, and whether
/// an epoch ever shrinks.
/// </summary>
internal sealed class TestNodes : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestStore _database;
    private readonly SemaphoreSlim _changed = new(0);
    private readonly List<TestNode> _all = [];
    private readonly Thread _audit;
    private volatile TestNode[] _audited = [];
    private readonly ManualResetEventSlim _over = new();
    private volatile string? _violation;

    private TestNodes(TestStore database)
    {
        _database = database;
        _audit = new Thread(Audit) { IsBackground = true, Name = "audit" };
        _audit.Start();
    }

    public static async Task<TestNodes> CreateAsync(PostgresProcess server)
    {
        var database = await TestStore.PostgresAsync(server);
        await (await database.OpenAsync()).DisposeAsync();
        return new TestNodes(database);
    }

    public IReadOnlyList<TestNode> Live => [.. _all.Where(n => !n.IsGone)];

    public string ConnectionString => _database.Location;

    public Task<IConferenceStore> OpenStoreAsync() => _database.OpenAsync();

    public Task<int> ExecuteAsync(string sql) => _database.ExecuteAsync(sql);

    public TestNode Create(string? name = null, int? port = null, string? connectionString = null)
    {
        var node = new TestNode(this, name ?? $"n{_all.Count + 1}", connectionString ?? _database.Location, port);
        _all.Add(node);
        _audited = [.. _all];
        return node;
    }

    public TestNode Start(string? name = null)
    {
        var node = Create(name);
        node.Cluster.Start();
        return node;
    }

    /// <summary>Starts so many and waits until they share the shards.</summary>
    public async Task<TestNode[]> StartAsync(int count)
    {
        var nodes = Enumerable.Range(0, count).Select(_ => Start()).ToArray();
        await SettledAsync();
        return nodes;
    }

    /// <summary>Waits until the live nodes own all shards, each some, none draining, and all see it so and nothing changes any more.</summary>
    /// <returns>How long it took them.</returns>
    public async Task<TimeSpan> SettledAsync()
    {
        var since = Stopwatch.StartNew();
        long version = -1;
        var reached = TimeSpan.Zero;
        await UntilAsync(
            () =>
            {
                long now = Live[0].Cluster.View.Version;
                if (now != version || !Live.All(n => IsSettled(n) && n.Cluster.View.Version == now))
                    (version, reached) = (now, since.Elapsed);
                return since.Elapsed - reached > TimeSpan.FromSeconds(0.5);
            },
            "the shards do not settle");
        return reached;
    }

    /// <summary>Waits until something is so, looking whenever a view has changed, and now and then.</summary>
    public async Task<TimeSpan> UntilAsync(Func<bool> isSo, string otherwise)
    {
        var since = Stopwatch.StartNew();
        while (!isSo())
        {
            if (since.Elapsed > Patience)
                Assert.Fail($"{otherwise}\n{string.Join("\n--\n", _all.Select(n => $"{n.Name}: owns {n.Owned} of version {n.Cluster.View.Version}, lease {n.Cluster.LeaseLeft.TotalSeconds:0.0} s\n{n.Log.Text}"))}");
            await _changed.WaitAsync(TimeSpan.FromMilliseconds(20));
        }

        return since.Elapsed;
    }

    public Task<T> QueryAsync<T>(string sql) => _database.QueryAsync<T>(sql);

    /// <summary>A node's view changed. Links come by themselves here: whoever is in it is reachable while it lives.</summary>
    public void Changed()
    {
        foreach (var node in _audited.Where(n => !n.IsGone))
        {
            foreach (var peer in _audited.Where(p => p != node && !p.IsGone && node.Cluster.View.Find(p.Cluster.Self) is not null))
                node.Cluster.LinkUp(peer.Cluster.Self);
        }

        _changed.Release();
    }

    public async ValueTask DisposeAsync()
    {
        _over.Set();
        _audit.Join();
        _over.Dispose();
        foreach (var node in _all)
            await node.DisposeAsync();
        await _database.DisposeAsync();
        Assert.Null(_violation);
    }

    private bool IsSettled(TestNode node)
    {
        var view = node.Cluster.View;
        var live = Live.Select(n => n.Cluster.Self).ToHashSet();
        return node.Cluster.HoldsLease && view.Nodes.Length == live.Count
            && view.Shards.All(s => s.Owner is { } owner && live.Contains(owner) && !s.IsDraining)
            && live.All(id => view.Shards.Any(s => s.Owner == id));
    }

    /// <summary>
    /// An epoch never comes back, so a node that may act for a shard at one epoch before and after another may at a later one shares it with
    /// that other.
    /// </summary>
    private void Audit()
    {
        var highest = new Dictionary<TestNode, long[]>();
        while (!_over.IsSet)
        {
            foreach (var one in _audited)
            {
                var view = one.Cluster.View;
                var epochs = highest.TryGetValue(one, out var known) ? known : highest[one] = new long[ClusterView.ShardCount];
                foreach (var other in _audited.Where(n => n != one))
                {
                    for (int i = 0; i < ClusterView.ShardCount; i++)
                    {
                        var shard = new ShardId(i);
                        long epoch = view[shard].Epoch, theirs = other.Cluster.View[shard].Epoch;
                        if (one.Acts(shard, epoch) && other.Acts(shard, theirs) && one.Acts(shard, epoch))
                            _violation = $"shard {i}: {one.Name} acts at epoch {epoch} while {other.Name} does at {theirs}";
                    }
                }

                for (int i = 0; i < ClusterView.ShardCount; i++)
                {
                    if (view.Shards[i].Epoch < epochs[i])
                        _violation = $"shard {i}: {one.Name} saw epoch {view.Shards[i].Epoch} after {epochs[i]}";
                    epochs[i] = view.Shards[i].Epoch;
                }
            }

            // Often enough to see what lasts for some milliseconds, and not at the others' expense.
            _over.Wait(TimeSpan.FromMilliseconds(2));
        }
    }
}
