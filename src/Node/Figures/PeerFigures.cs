using Conference.Actors.Cluster;
using Conference.Actors.Remoting;
using Conference.Actors.Runtime;
using Google.Protobuf;

namespace Conference.Node.Figures;

/// <summary>What the other nodes of the cluster say of themselves, asked over the node links.</summary>
public sealed class PeerFigures(ConferenceHost host)
{
    /// <summary>Asks every other node of the view at once; one that says nothing in time, or nothing that can be read, is left out.</summary>
    /// <param name="withRooms">With their rooms: only while somebody looks.</param>
    /// <param name="patience">How long they have.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<IReadOnlyDictionary<NodeId, NodeFigures>> ReadAsync(bool withRooms, TimeSpan patience, CancellationToken stop)
    {
        var others = host.Cluster.View.Nodes.Where(n => n.Id != host.Cluster.Self).Select(n => n.Id);
        var read = await Task.WhenAll(others.Select(async id => (Id: id, Figures: await ReadAsync(id, withRooms, patience, stop))));
        return read.Where(r => r.Figures is not null).ToDictionary(r => r.Id, r => r.Figures!);
    }

    private async Task<NodeFigures?> ReadAsync(NodeId node, bool withRooms, TimeSpan patience, CancellationToken stop)
    {
        try
        {
            var read = await host.Actors!.Nodes.Figures(node).Ask<FiguresRead>(new ReadFigures(withRooms), patience, stop);
            return NodeFigures.Parser.ParseFrom(read.Content.Span);
        }
        catch (Exception e) when (e is AskTimeoutException or RemoteFailureException or InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
