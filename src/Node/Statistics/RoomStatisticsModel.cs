namespace Conference.Node.Statistics;

/// <summary>What flows in a room.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">Sessions in it.</param>
/// <param name="Nodes">How many of them on which node, by the node's id.</param>
/// <param name="BitsIn">From its members, a second; UDP payload, as is the next.</param>
/// <param name="BitsOut">To its members, a second.</param>
/// <param name="Drops">Datagrams that went no further, a second.</param>
/// <param name="Loss">Part of the media packets that never came from its members, 0 to 1; null where none were expected.</param>
public sealed record RoomStatisticsModel(
    string Name, int Members, IReadOnlyDictionary<string, int> Nodes, double BitsIn, double BitsOut, double Drops, double? Loss)
{
    public static RoomStatisticsModel Of(BoardRoom room) => new(
        room.Name, room.Members, room.Nodes.ToDictionary(n => n.Node, n => n.Members), StatisticsJson.Round(room.Flow.BitsIn),
        StatisticsJson.Round(room.Flow.BitsOut), StatisticsJson.Round(room.Flow.Drops), room.Loss is { } loss ? Math.Round(loss, 4) : null);
}

/// <param name="Items">Some of them.</param>
/// <param name="Found">How many there are that match.</param>
/// <param name="All">How many there are.</param>
/// <param name="Complete">False where a node has more rooms than it tells of; the emptiest are missing.</param>
public sealed record RoomStatisticsPage(IReadOnlyList<RoomStatisticsModel> Items, int Found, int All, bool Complete);
