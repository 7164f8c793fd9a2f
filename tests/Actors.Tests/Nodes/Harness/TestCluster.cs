using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>
/// Real actor systems in one process that are a cluster over TCP, with one store. All users and rooms are those of the node that began it, until a
/// test has them moved. Clocks go by themselves, and faster where a test says so.
/// </summary>
public sealed class TestCluster(int seed = 1) : IAsyncDisposable
{
    private readonly List<TestNode> _nodes = [];
    private readonly ConcurrentQueue<Client> _clients = [];
    private int _number;

    public Wire Wire { get; } = new(seed);

    public SharedStore Store { get; } = new();

    public IReadOnlyList<TestNode> Living => [.. _nodes.Where(n => n.IsAlive)];

    public IReadOnlyList<CallRecord> Calls => Store.Calls;

    /// <summary>All nodes there ever were are there.</summary>
    public bool IsWhole => _nodes.Count == 3 && _nodes.TrueForAll(n => n.IsAlive);

    public TestNode Find(string name) => _nodes.Last(n => n.Name == name);

    /// <summary>Nodes <c>a</c>, <c>b</c>, ...: all names are the last one's.</summary>
    public async Task<TestNode[]> StartAsync(int nodes, TestNodeOptions? options = null)
    {
        string[] names = [.. Enumerable.Range(0, nodes).Select(i => $"{(char)('a' + i)}")];
        var owner = await JoinAsync(names[^1], options);
        var others = new List<TestNode>();
        foreach (string name in names[..^1])
            others.Add(await JoinAsync(name, options));
        Skip(3);
        return [.. others, owner];
    }

    /// <summary>A node that owns nothing yet, if there are others. Known to all once this returns.</summary>
    public async Task<TestNode> JoinAsync(string name, TestNodeOptions? options = null)
    {
        var node = await TestNode.StartAsync(this, name, Interlocked.Increment(ref _number), options ?? new TestNodeOptions());
        var seed = Living is [var first, ..] ? first : null;
        _nodes.Add(node);
        await node.JoinAsync(seed);
        AwaitAcquaintance();
        if (seed is null)
            AwaitShards();
        return node;
    }

    public void Add(Client client) => _clients.Enqueue(client);

    /// <summary>Nobody is connected any more, and everybody knows.</summary>
    public void HangUpAll()
    {
        while (_clients.TryDequeue(out var client))
        {
            if (client.Node.IsAlive)
                client.HangUp();
        }

        Until(() => Living.All(n => n.Plane.Open.IsEmpty && n.Metrics.Counts.Sessions == 0), "no session is left");
        Settle();
    }

    /// <summary>Every node has every other's card, and its shards have answered.</summary>
    public void AwaitAcquaintance() => Until(
        () => Living.All(n => n.Nodes.All.Count(o => o.Card is not null) == Living.Count && n.Nodes.All.Length == Living.Count), "all nodes know each other");

    /// <summary>
    /// Every node has an answer from every other. The test before may have cut them: what is told while they find each other again may be lost, and is
    /// asked for only much later.
    /// </summary>
    public async Task AwaitWaysAsync()
    {
        foreach (var (node, other) in Living.SelectMany(n => Living.Where(o => o != n), (n, o) => (n, o)))
        {
            long began = TimeProvider.System.GetTimestamp();
            while (!await AnswersAsync(node, other))
                Assert.True(TimeProvider.System.GetElapsedTime(began) < TestNode.Patience, $"{node.Name} has no way to {other.Name}");
        }
    }

    public void AwaitShards()
    {
        foreach (var node in Living)
            node.Ask<ShardsActor.AllAnswer>(node.Shards, new ShardsActor.WhenAllAnswer());
    }

    /// <summary>The process is gone, and everybody else has found out; what it owned is others'.</summary>
    public void Crash(TestNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Kill();
        var address = node.Cluster.SelfAddress;
        Until(
            () =>
            {
                foreach (var other in Living)
                    other.Cluster.Down(address);
                return Living.All(n => n.Cluster.State.Members.All(m => m.Address != address));
            },
            $"{node.Name} is removed");
        AwaitShards();
    }

    /// <summary>As nodes do it that are well.</summary>
    public async Task LeaveAsync(TestNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        await node.LeaveAsync();
        var address = node.Cluster.SelfAddress;
        Until(() => Living.All(n => n.Cluster.State.Members.All(m => m.Address != address)), $"{node.Name} is removed");
        AwaitShards();
    }

    /// <summary>Shards go to the nodes that have fewer.</summary>
    public void Rebalance()
    {
        // Whoever has the coordinator.
        foreach (var node in Living)
            node.Skip(TestSettings.RebalanceInterval);
        AwaitShards();
    }

    /// <summary>Moves all clocks, and lets everybody do what was due by then.</summary>
    public void Skip(double seconds)
    {
        const double step = 0.5;
        for (double left = seconds; left > 0; left -= step)
        {
            foreach (var node in Living)
                node.Skip(TimeSpan.FromSeconds(Math.Min(step, left)));
            Settle();
        }
    }

    /// <summary>For what comes by itself.</summary>
    public static void Until(Func<bool> isSo, string what, TimeSpan? patience = null) =>
        Assert.True(SpinWait.SpinUntil(isSo, patience ?? TestNode.Patience), what);

    /// <summary>For what comes by itself, said as what must be so then.</summary>
    public static void Await(Action assert)
    {
        long began = TimeProvider.System.GetTimestamp();
        for (var wait = default(SpinWait); ; wait.SpinOnce())
        {
            try
            {
                assert();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (TimeProvider.System.GetElapsedTime(began) < TestNode.Patience)
            {
                // Not yet.
            }
        }
    }

    /// <summary>As <see cref="Until"/>, with clocks that go faster meanwhile.</summary>
    public void SkipUntil(Func<bool> isSo, string what, double seconds = 60)
    {
        for (double passed = 0; !SpinWait.SpinUntil(isSo, TimeSpan.FromMilliseconds(20)); passed += 0.5)
        {
            Assert.True(passed < seconds, what);
            Skip(0.5);
        }
    }

    /// <summary>
    /// Whatever is on its way has arrived, and what it set off has: rounds of questions through the same mailboxes and over the same connections, until
    /// three in a row find that nothing has happened in between.
    /// </summary>
    public void Settle()
    {
        long before = Happened();
        for (int quiet = 0; quiet < 3;)
        {
            Round();
            long now = Happened();
            quiet = now == before ? quiet + 1 : 0;
            before = now;
        }
    }

    public CallRecord CallOf(string user) => Assert.Single(Calls, c => c.User == Name.Parse(user));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private long Happened() => Wire.Count + Store.Writes + Living.Sum(n => (long)n.Plane.Applied.Count + n.Plane.Open.Count)
        + _clients.Sum(c => (long)c.Connection.Answers + c.Connection.Written);

    private static async Task<bool> AnswersAsync(TestNode node, TestNode other)
    {
        var peers = node.Sys.ActorSelection(new RootActorPath(other.Cluster.SelfAddress) / "user" / "peers");
        try
        {
            return (await peers.Ask<ActorIdentity>(new Identify("way"), TimeSpan.FromSeconds(1))).Subject is not null;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    private void Round()
    {
        var asked = new List<Task>();
        foreach (var node in Living)
        {
            foreach (var other in Living.Where(o => o == node || Wire.IsOpen(node.Name, o.Name)))
            {
                var root = new RootActorPath(other.Cluster.SelfAddress) / "user";
                asked.AddRange(((string[])["forwarders", "peers"]).Select(
                    name => node.Sys.ActorSelection(root / name).Ask<ActorIdentity>(new Identify(name), TimeSpan.FromSeconds(5))));
                asked.Add(node.Sys.ActorSelection(new RootActorPath(other.Cluster.SelfAddress) / "system" / "sharding" / "rooms")
                    .Ask<ActorIdentity>(new Identify("rooms"), TimeSpan.FromSeconds(5)));
            }
        }

        asked.AddRange(_clients.Where(c => c.Node.IsAlive && !c.Connection.IsClosed)
            .Select(c => c.Session.Ask<ActorIdentity>(new Identify("session"), TimeSpan.FromSeconds(1))));
        // One that is gone meanwhile does not answer.
        Task.WhenAll(asked).ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
    }
}
