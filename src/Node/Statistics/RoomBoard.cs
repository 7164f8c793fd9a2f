using System.Collections.Immutable;

namespace Conference.Node.Statistics;

/// <summary>A room over all nodes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">Sessions in it.</param>
/// <param name="Nodes">How many of them on which node, the fullest first.</param>
/// <param name="Flow">What its members send and are sent.</param>
public sealed record BoardRoom(string Name, int Members, ImmutableArray<(string Node, int Members)> Nodes, RoomFlow Flow)
{
    /// <summary>Part of the media packets that never came from its members, 0 to 1; null where none were expected.</summary>
    public double? Loss => Flow.PacketsExpected > 0 ? Flow.PacketsLost / Flow.PacketsExpected : null;
}

public enum RoomOrder
{
    Name,
    Members,
    In,
    Out,
    Drops,
    Loss,
}

/// <summary>Rooms with members, over all nodes, to be looked at in any order. Immutable; orders are made when first asked for.</summary>
public sealed class RoomBoard
{
    private readonly BoardRoom[] _rooms;
    private readonly BoardRoom[]?[] _ordered = new BoardRoom[]?[Enum.GetValues<RoomOrder>().Length];

    private RoomBoard(BoardRoom[] rooms, bool isComplete) => (_rooms, IsComplete) = (rooms, isComplete);

    public static RoomBoard Empty { get; } = new([], true);

    public int Count => _rooms.Length;

    /// <summary>False where a node has more rooms than it tells of: the emptiest are missing.</summary>
    public bool IsComplete { get; }

    public static RoomBoard Of(IEnumerable<NodeStatistics> nodes)
    {
        var parts = new Dictionary<string, List<(string Node, RoomStatistics Part)>>();
        bool isComplete = true;
        foreach (var node in nodes)
        {
            isComplete &= node.Rooms.Length >= node.RoomsHere || node.Rooms.Length < LocalStatistics.MostRooms;
            foreach (var part in node.Rooms)
            {
                if (!parts.TryGetValue(part.Name, out var room))
                    parts[part.Name] = room = [];
                room.Add((node.Id, part));
            }
        }

        return new RoomBoard([.. parts.Select(p => Together(p.Key, p.Value))], isComplete);
    }

    /// <param name="order">Names upwards, everything else downwards.</param>
    /// <param name="find">Only those whose names hold this; null for all.</param>
    public IReadOnlyList<BoardRoom> In(RoomOrder order, string? find)
    {
        // Two who ask at once may both sort: the same, so whoever is later does no harm.
        var ordered = _ordered[(int)order] ??= Sort(order);
        return string.IsNullOrEmpty(find) ? ordered : [.. ordered.Where(r => r.Name.Contains(find, StringComparison.OrdinalIgnoreCase))];
    }

    private BoardRoom[] Sort(RoomOrder order)
    {
        Func<BoardRoom, double> key = order switch
        {
            RoomOrder.Members => r => r.Members,
            RoomOrder.In => r => r.Flow.BitsIn,
            RoomOrder.Out => r => r.Flow.BitsOut,
            RoomOrder.Drops => r => r.Flow.Drops,
            RoomOrder.Loss => r => r.Loss ?? 0,
            _ => _ => 0,
        };
        return [.. _rooms.OrderByDescending(key).ThenBy(r => r.Name, StringComparer.Ordinal)];
    }

    private static BoardRoom Together(string name, List<(string Node, RoomStatistics Part)> parts)
    {
        var flow = default(RoomFlow);
        foreach (var (_, part) in parts)
            flow += new RoomFlow(part.BitsIn, part.BitsOut, part.Drops, part.PacketsExpected, part.PacketsLost);
        return new BoardRoom(
            name, parts.Sum(p => p.Part.Members), [.. parts.Select(p => (p.Node, p.Part.Members)).OrderByDescending(p => p.Members)], flow);
    }
}
