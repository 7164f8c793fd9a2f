using Akka.Actor;
using Conference.Actors.Cluster;

namespace Conference.Node.Figures;

/// <summary>What the other nodes of the cluster say of themselves, asked of their actors.</summary>
public sealed class PeerFigures(Func<FigureSources> sources)
{
    /// <summary>Asks every other node at once; one that says nothing in time, or nothing that can be read, is left out.</summary>
    /// <param name="withRooms">With their rooms: only while somebody looks.</param>
    /// <param name="patience">How long they have.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<IReadOnlyDictionary<NodeId, NodeFigures>> ReadAsync(bool withRooms, TimeSpan patience, CancellationToken stop)
    {
        var nodes = sources().Nodes;
        // One that cannot be reached would only cost a dead letter.
        var others = nodes.All.Where(n => n.Id != nodes.Self && n.IsReachable).Select(n => n.Id);
        var read = await Task.WhenAll(others.Select(async id => (Id: id, Figures: await ReadAsync(nodes.Node(id), withRooms, patience, stop))));
        return read.Where(r => r.Figures is not null).ToDictionary(r => r.Id, r => r.Figures!);
    }

    private static async Task<NodeFigures?> ReadAsync(IActorRef node, bool withRooms, TimeSpan patience, CancellationToken stop)
    {
        try
        {
            var read = await node.Ask<FiguresRead>(new NodeCommands.ReadFigures(withRooms), patience, stop);
            return FigureBytes.Read(read.Content);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
