using Akka.Actor;
using Conference.Actors.Cluster;

namespace Conference.Node.Statistics;

/// <summary>What the other nodes of the cluster say of themselves, asked of their actors.</summary>
public sealed class PeerStatistics(Func<StatisticsSources> sources)
{
    /// <summary>Asks every other node at once; one that says nothing in time, or nothing that can be read, is left out.</summary>
    /// <param name="withRooms">With their rooms: only while somebody looks.</param>
    /// <param name="patience">How long they have.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<IReadOnlyDictionary<NodeId, NodeStatistics>> ReadAsync(bool withRooms, TimeSpan patience, CancellationToken stop)
    {
        var nodes = sources().Nodes;
        // One that cannot be reached would only cost a dead letter.
        var others = nodes.All.Where(n => n.Id != nodes.Self && n.IsReachable).Select(n => n.Id);
        var read = await Task.WhenAll(others.Select(async id => (Id: id, Statistics: await ReadAsync(nodes.Node(id), withRooms, patience, stop))));
        return read.Where(r => r.Statistics is not null).ToDictionary(r => r.Id, r => r.Statistics!);
    }

    private static async Task<NodeStatistics?> ReadAsync(IActorRef node, bool withRooms, TimeSpan patience, CancellationToken stop)
    {
        try
        {
            var read = await node.Ask<StatisticsRead>(new NodeCommands.ReadStatistics(withRooms), patience, stop);
            return StatisticsBytes.Read(read.Content);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
