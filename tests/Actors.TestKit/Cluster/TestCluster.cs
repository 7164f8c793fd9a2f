using System.Collections.Immutable;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime.Execution;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.TestKit.Cluster;

/// <summary>
/// Several nodes in one process, on one virtual clock, with links in memory. The test is the arbiter: it says who owns what, who sees
/// which view, who holds a lease, and which links carry what. Nothing happens by itself.
/// </summary>
public sealed partial class TestCluster : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TestNode> _nodes = [];
    private readonly ShardPlace[] _places = [.. Enumerable.Repeat(new ShardPlace(null, 0, null), ClusterView.ShardCount)];
    private readonly HashSet<TestNode> _down = [];
    private long _version;
    private int _lives;

    /// <param name="seed">Of all chance there is in the links.</param>
    public TestCluster(int seed = 1) => _random = new Random(seed);

    public VirtualTime Time { get; } = new();

    /// <summary>In real time, for what should come.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    public IReadOnlyList<TestNode> Nodes => _nodes;

    internal ActivityCounter Activity { get; } = new();

    public ShardPlace this[ShardId shard]
    {
        get
        {
            lock (_gate)
                return _places[shard.Value];
        }
    }

    /// <summary>A new node: everybody sees it, nothing is its own, its links open once it has attached a handler.</summary>
    public TestNode Join(string name)
    {
        TestNode node;
        lock (_gate)
        {
            node = new TestNode(this, name, NextId());
            _nodes.Add(node);
        }
        Publish();
        return node;
    }

    /// <summary>The shard's next owner, at its next epoch, without a word to the one before; seen by all.</summary>
    public void Give(ShardId shard, TestNode? owner)
    {
        lock (_gate)
            _places[shard.Value] = new ShardPlace(owner?.Id, _places[shard.Value].Epoch + 1, null);
        Publish();
    }

    /// <summary>As <see cref="Give"/>, all shards, the nodes taking turns.</summary>
    public void GiveAll(params TestNode[] owners)
    {
        lock (_gate)
            for (var shard = 0; shard < _places.Length; shard++)
                _places[shard] = new ShardPlace(owners[shard % owners.Length].Id, _places[shard].Epoch + 1, null);
        Publish();
    }

    /// <summary>A move as it should be: draining, stopped by its owner, then another's. May wait for the owner's actors, not for the clock.</summary>
    public async Task HandOffAsync(ShardId shard, TestNode to)
    {
        var place = this[shard];
        var owner = _nodes.Single(n => n.Id == place.Owner);
        lock (_gate)
            _places[shard.Value] = place with { Target = to.Id };
        Publish();
        await owner.Host!.HandOffAsync(shard, place.Epoch).WaitAsync(Patience);
        Give(shard, to);
    }

    /// <summary>The node is out: the others see it no more, what it owned is nobody's. It hears nothing of that.</summary>
    public void DeclareDown(TestNode node)
    {
        lock (_gate)
        {
            _down.Add(node);
            for (var shard = 0; shard < _places.Length; shard++)
                if (_places[shard].Owner == node.Id)
                    _places[shard] = new ShardPlace(null, _places[shard].Epoch + 1, null);
        }
        Publish();
    }

    public bool IsDown(TestNode node)
    {
        lock (_gate)
            return _down.Contains(node);
    }

    /// <summary>The process is gone: it sends, hears and sees nothing more. Nobody has declared it down yet.</summary>
    public void Kill(TestNode node)
    {
        node.IsDead = true;
        node.HoldsLease = false;
        Isolate(node);
    }

    /// <summary>The node learns that it was declared down: its entities stop.</summary>
    public void Fence(TestNode node)
    {
        node.HoldsLease = false;
        Isolate(node);
        node.Host?.Fenced();
    }

    /// <summary>It comes back under another id, owning nothing.</summary>
    public void Rejoin(TestNode node)
    {
        Isolate(node);
        lock (_gate)
        {
            node.Id = NextId();
            _down.Remove(node);
        }
        node.HoldsLease = true;
        Publish();
        foreach (var other in _nodes)
            Mend(node, other);
    }

    /// <summary>Shows the tables, as they are, to every node that looks.</summary>
    public void Publish()
    {
        lock (_gate)
            _version++;
        foreach (var node in _nodes)
            node.Look();
    }

    /// <summary>A fence as the store upholds it: why the write must not commit, or null. For a journal's <c>FailWrite</c>.</summary>
    public Exception? Check(JournalWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        lock (_gate)
            return write.Fence is { } fence && _places[fence.Shard.Value].Epoch != fence.Epoch
                ? new JournalFencedException(write.PersistenceId, fence)
                : null;
    }

    /// <summary>Waits until no actor of any node has anything to do, and no link anything to carry at once.</summary>
    public void AwaitIdle()
    {
        if (!Activity.WaitForZero(Patience))
            throw new TestKitException($"The nodes were still busy after {Patience}");
    }

    /// <summary>Moves the one clock, timer by timer.</summary>
    public void Advance(TimeSpan by)
    {
        AwaitIdle();
        Time.Advance(by, AwaitIdle);
    }

    /// <summary>Moves the clock, in steps, until something is so; fails when it takes longer than <paramref name="most"/> of virtual time.</summary>
    public void AdvanceUntil(Func<bool> isSo, TimeSpan most, string what)
    {
        var step = TimeSpan.FromMilliseconds(10);
        for (var passed = TimeSpan.Zero; ; passed += step)
        {
            AwaitIdle();
            // What goes on in tasks outside of the actors takes a moment of real time.
            if (SpinWait.SpinUntil(isSo, 1))
                return;
            if (passed >= most)
                throw new TestKitException($"After {most}: not {what}");
            Time.Advance(step, AwaitIdle);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    internal ClusterView View()
    {
        lock (_gate)
            return new ClusterView(_version, [.. _nodes.Where(n => !_down.Contains(n)).Select(Describe)], [.. _places]);
    }

    private static ClusterNode Describe(TestNode node, int index) =>
        new(node.Id, node.Name, new IPEndPoint(IPAddress.Loopback, 4330 + index), node.Number, NodeState.Up, $"{node.Name}.example.org");

    private NodeId NextId() => new(new Guid(++_lives, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]));
}
