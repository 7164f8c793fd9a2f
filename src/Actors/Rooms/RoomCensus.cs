namespace Conference.Actors.Rooms;

/// <summary>How large a room is; zero is no open room.</summary>
/// <param name="Members">In it.</param>
/// <param name="Nodes">That have some of them.</param>
public readonly record struct RoomSize(int Members, int Nodes);

/// <summary>
/// How many open rooms this node owns, of which size: what rooms may be told apart by where their names may not be shown. Safe from any
/// thread.
/// </summary>
public sealed class RoomCensus
{
    private static readonly int[] _memberSteps = [1, 2, 5, 10, 25, 50, 100, 250, 1000];
    private static readonly string[] _memberLabels = LabelsOf(_memberSteps);
    private static readonly int[] _nodeSteps = [1, 2, 3, 5, 10];
    private static readonly string[] _nodeLabels = LabelsOf(_nodeSteps);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, int> _byMembers = [];
    private readonly SortedDictionary<int, int> _byNodes = [];
    private int _open;

    /// <summary>Open rooms.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
                return _open;
        }
    }

    /// <summary>Members of the largest.</summary>
    public int Largest
    {
        get
        {
            lock (_gate)
                return _byMembers.Count == 0 ? 0 : _byMembers.Keys.Last();
        }
    }

    /// <summary>A room was of one size and is of another.</summary>
    public void Change(RoomSize before, RoomSize after)
    {
        if (before == after)
            return;
        lock (_gate)
        {
            _open += Sign(after) - Sign(before);
            Move(_byMembers, before.Members, after.Members);
            Move(_byNodes, before.Nodes, after.Nodes);
        }
    }

    /// <summary>Rooms by members: <c>1</c>, <c>2</c>, <c>3-5</c>, ..., <c>1001+</c>. Every step is there, also those without rooms.</summary>
    public IReadOnlyList<(string Members, int Rooms)> ByMembers() => Read(_byMembers, _memberSteps, _memberLabels);

    /// <summary>Rooms by the nodes they span: <c>1</c>, <c>2</c>, <c>3</c>, <c>4-5</c>, ...</summary>
    public IReadOnlyList<(string Nodes, int Rooms)> ByNodes() => Read(_byNodes, _nodeSteps, _nodeLabels);

    private static int Sign(RoomSize size) => size.Members > 0 ? 1 : 0;

    private static void Move(SortedDictionary<int, int> counts, int from, int to)
    {
        if (from == to)
            return;
        if (from > 0 && --counts[from] == 0)
            counts.Remove(from);
        if (to > 0)
            counts[to] = counts.GetValueOrDefault(to) + 1;
    }

    private (string, int)[] Read(SortedDictionary<int, int> counts, int[] steps, string[] labels)
    {
        int[] rooms = new int[labels.Length];
        lock (_gate)
        {
            foreach (var (size, count) in counts)
            {
                int step = Array.BinarySearch(steps, size);
                rooms[step >= 0 ? step : ~step] += count;
            }
        }

        return [.. labels.Zip(rooms)];
    }

    private static string[] LabelsOf(int[] steps)
    {
        var labels = steps.Select((last, i) => i == 0 || steps[i - 1] + 1 == last ? $"{last}" : $"{steps[i - 1] + 1}-{last}");
        return [.. labels, $"{steps[^1] + 1}+"];
    }
}
