using System.Buffers.Binary;
using System.Globalization;
using Conference.Actors.Cluster;
using Conference.Node.Links;

namespace Conference.Bench.Cluster.Links;

/// <summary>The other process: answers asks with their own bytes, counts tells.</summary>
internal sealed class LinksPeer(NodeLinks links) : INodeLinkHandler
{
    private long _tells;

    public static async Task<int> RunAsync(string secret)
    {
        await using var links = await TwoNodes.ListenAsync(secret);
        links.Attach(new LinksPeer(links));
        var cluster = new TwoNodes(TwoNodes.Second, links.LocalEndPoint);
        links.Open(cluster, cluster);
        Console.WriteLine(links.LocalEndPoint.Port.ToString(CultureInfo.InvariantCulture));
        // Until the first process has enough.
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public void Connected(NodeId peer)
    {
    }

    public void Received(NodeId peer, ReadOnlySpan<byte> message)
    {
        switch ((MessageKind)message[0])
        {
            case MessageKind.Tell:
                _tells++;
                break;
            case MessageKind.Ask:
                links.TrySend(peer, message);
                break;
            case MessageKind.HowManyTells:
                Span<byte> answer = stackalloc byte[message.Length];
                message.CopyTo(answer);
                BinaryPrimitives.WriteInt64LittleEndian(answer[9..], _tells);
                links.TrySend(peer, answer);
                break;
        }
    }

    public void Disconnected(NodeId peer)
    {
    }
}

/// <summary>The first byte of a message; then 8 bytes that come back with the answer.</summary>
internal enum MessageKind : byte
{
    Tell,
    Ask,
    HowManyTells,
}
