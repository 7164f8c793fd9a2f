using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Node.Links;

namespace Conference.Bench.Cluster.Links;

/// <summary>This process' end of the link, and the other process.</summary>
internal sealed class LinksClient : INodeLinkHandler, IAsyncDisposable
{
    /// <summary>As large as a command to a room is.</summary>
    public const int MessageBytes = 100;

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<long>> _asked = new();
    private readonly Process _peer;
    private readonly NodeLinks _links;
    private long _next;

    private LinksClient(Process peer, NodeLinks links) => (_peer, _links) = (peer, links);

    public static async Task<LinksClient> StartAsync()
    {
        string secret = Guid.NewGuid().ToString();
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["links-peer", secret]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var peer = Process.Start(start)!;
        int port = int.Parse((await peer.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        var client = new LinksClient(peer, await TwoNodes.ListenAsync(secret));
        client._links.Attach(client);
        var cluster = new TwoNodes(TwoNodes.First, new IPEndPoint(IPAddress.Loopback, port));
        client._links.Open(cluster, cluster);
        await client._connected.Task;
        return client;
    }

    public Task<long> AskAsync(MessageKind kind = MessageKind.Ask)
    {
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        long id = Interlocked.Increment(ref _next);
        _asked[id] = answer;
        Span<byte> message = stackalloc byte[MessageBytes];
        message[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(message[1..], id);
        if (!_links.TrySend(TwoNodes.Second, message))
            answer.SetException(new IOException("the link took no more"));
        return answer.Task;
    }

    public bool Tell()
    {
        Span<byte> message = stackalloc byte[MessageBytes];
        message[0] = (byte)MessageKind.Tell;
        return _links.TrySend(TwoNodes.Second, message);
    }

    public void Connected(NodeId peer) => _connected.TrySetResult();

    public void Received(NodeId peer, ReadOnlySpan<byte> message)
    {
        if (_asked.TryRemove(BinaryPrimitives.ReadInt64LittleEndian(message[1..]), out var answer))
            answer.SetResult(BinaryPrimitives.ReadInt64LittleEndian(message[9..]));
    }

    public void Disconnected(NodeId peer)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _links.DisposeAsync();
        _peer.StandardInput.Close();
        await _peer.WaitForExitAsync();
        _peer.Dispose();
    }
}
