using System.Text;
using System.Threading.Channels;
using Conference.Actors.Cluster;

namespace Conference.Node.Tests.Links.Support;

/// <summary>Writes down what it hears of links, a line each: <c>up a</c>, <c>down a</c>, <c>a: words</c>; observed: <c>linked a</c>, <c>unlinked a</c>.</summary>
internal sealed class Recorder : INodeLinkHandler, ILinkObserver
{
    private readonly Channel<string> _links = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _observed = Channel.CreateUnbounded<string>();
    private int _inside;

    /// <summary>What to call nodes.</summary>
    public Func<NodeId, string> NameOf { get; init; } = id => id.ToString();

    /// <summary>Instead of writing messages down.</summary>
    public Action<NodeId, byte[]>? OnMessage { get; set; }

    /// <summary>Two calls for one peer were under way at the same time. For tests with one peer.</summary>
    public bool HasOverlapped { get; private set; }

    public void Connected(NodeId peer) => Alone(() => _links.Writer.TryWrite($"up {NameOf(peer)}"));

    public void Disconnected(NodeId peer) => Alone(() => _links.Writer.TryWrite($"down {NameOf(peer)}"));

    public void Received(NodeId peer, ReadOnlySpan<byte> message)
    {
        byte[] copy = message.ToArray();
        Alone(() =>
        {
            if (OnMessage is { } onMessage)
                onMessage(peer, copy);
            else
                _links.Writer.TryWrite($"{NameOf(peer)}: {Encoding.UTF8.GetString(copy)}");
        });
    }

    public void LinkUp(NodeId peer) => _observed.Writer.TryWrite($"linked {NameOf(peer)}");

    public void LinkDown(NodeId peer) => _observed.Writer.TryWrite($"unlinked {NameOf(peer)}");

    public Task<string> NextAsync() => NextAsync(_links);

    public Task<string> NextObservedAsync() => NextAsync(_observed);

    /// <summary>What was heard and not asked for yet.</summary>
    public List<string> Rest()
    {
        var rest = new List<string>();
        while (_links.Reader.TryRead(out string? line))
            rest.Add(line);
        return rest;
    }

    private static async Task<string> NextAsync(Channel<string> lines)
    {
        using var patience = new CancellationTokenSource(LinkHost.Patience);
        return await lines.Reader.ReadAsync(patience.Token);
    }

    private void Alone(Action action)
    {
        HasOverlapped |= Interlocked.Increment(ref _inside) != 1;
        action();
        Interlocked.Decrement(ref _inside);
    }
}
