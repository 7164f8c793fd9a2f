using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;
using Conference.Actors.TestKit.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Support;

/// <summary>Whole nodes, but for sockets and clocks, in one cluster with one journal. Who owns which name, the test says.</summary>
public sealed class ConferenceCluster : IAsyncDisposable
{
    private readonly List<ConferenceNode> _nodes = [];

    public ConferenceCluster() => Journal.FailWrite = Cluster.Check;

    public TestCluster Cluster { get; } = new();

    public InMemoryJournal Journal { get; } = new();

    /// <summary>All call records there are, the first started first.</summary>
    public IReadOnlyList<CallRecord> Calls
    {
        get
        {
            Cluster.AwaitIdle();
            return [.. Journal.QueryAsync(new CallQuery { Limit = 10_000 }).GetAwaiter().GetResult().Records.Reverse()];
        }
    }

    /// <summary>A node that owns nothing yet.</summary>
    public ConferenceNode Join(string name)
    {
        var node = new ConferenceNode(Cluster.Join(name), Journal);
        _nodes.Add(node);
        Cluster.AwaitIdle();
        return node;
    }

    /// <summary>Nodes <c>a</c>, <c>b</c>, ...: all names are the last one's.</summary>
    public ConferenceNode[] Start(int nodes)
    {
        var all = Enumerable.Range(0, nodes).Select(i => Join($"{(char)('a' + i)}")).ToArray();
        Cluster.GiveAll(all[^1].Node);
        Cluster.AwaitIdle();
        return all;
    }

    /// <summary>The name, and all others of its shard, is this node's from now on: the owner before has crashed, or was never asked.</summary>
    public void Give(string name, ConferenceNode owner)
    {
        Cluster.Give(ShardOf.Name(Name.Parse(name)), owner.Node);
        Cluster.AwaitIdle();
    }

    /// <summary>As nodes do it that are well.</summary>
    public async Task HandOffAsync(string name, ConferenceNode to)
    {
        await Cluster.HandOffAsync(ShardOf.Name(Name.Parse(name)), to.Node);
        Cluster.AwaitIdle();
    }

    /// <summary>The process is gone, and everybody else has been told; what it owned is another's.</summary>
    public void Crash(ConferenceNode node, ConferenceNode heir)
    {
        Cluster.Kill(node.Node);
        Cluster.DeclareDown(node.Node);
        for (int shard = 0; shard < ClusterView.ShardCount; shard++)
        {
            if (Cluster[new(shard)].Owner is null)
                Cluster.Give(new(shard), heir.Node);
        }

        Cluster.AwaitIdle();
    }

    public void AwaitIdle() => Cluster.AwaitIdle();

    public void Kill(ConferenceNode node) => Cluster.Kill(node.Node);

    public void Cut(ConferenceNode one, ConferenceNode other) => Cluster.Cut(one.Node, other.Node);

    public void Mend(ConferenceNode one, ConferenceNode other) => Cluster.Mend(one.Node, other.Node);

    public void Advance(double seconds) => Cluster.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>For what a task outside of the actors sets off, with the clock moving a little meanwhile.</summary>
    public void Until(Func<bool> isSo, string what, double seconds = 10) =>
        Cluster.AdvanceUntil(() => SpinWait.SpinUntil(isSo, TimeSpan.FromMilliseconds(5)), TimeSpan.FromSeconds(seconds), what);

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        foreach (var node in _nodes)
            node.Dispose();
    }
}
