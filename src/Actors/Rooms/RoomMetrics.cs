using Prometheus;

namespace Conference.Actors.Rooms;

/// <summary>How large a room is; zero is no open room.</summary>
/// <param name="Members">In it.</param>
/// <param name="Nodes">That have some of them.</param>
public readonly record struct RoomSize(int Members, int Nodes);

/// <summary>
/// How many open rooms this node owns, of which size: what rooms may be told apart by where their names may not be shown. Safe from any
/// thread.
/// </summary>
public sealed class RoomMetrics
{
    private readonly Lock _gate = new();
    private readonly Gauge _open;
    private readonly Gauge _largest;
    private readonly Steps _byMembers;
    private readonly Steps _byNodes;
    private readonly SortedSet<int> _sizes = [];
    private readonly Dictionary<int, int> _roomsOfSize = [];

    public RoomMetrics(IMetricFactory metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _open = metrics.CreateGauge("conference_rooms", "Open rooms this node owns.");
        _byMembers = new Steps(
            metrics.CreateGauge("conference_rooms_by_members", "Open rooms this node owns, by how many members they have.", ["members"]),
            [1, 2, 5, 10, 25, 50, 100, 250, 1000]);
        _byNodes = new Steps(
            metrics.CreateGauge("conference_rooms_by_nodes", "Open rooms this node owns, by how many nodes have members of theirs.", ["nodes"]),
            [1, 2, 3, 5, 10]);
        _largest = metrics.CreateGauge("conference_room_members_largest", "Members of the largest room this node owns.");
    }

    /// <summary>Open rooms.</summary>
    public int Open => (int)_open.Value;

    /// <summary>Members of the largest.</summary>
    public int Largest => (int)_largest.Value;

    /// <summary>A room was of one size and is of another.</summary>
    public void Change(RoomSize before, RoomSize after)
    {
        if (before == after)
            return;
        lock (_gate)
        {
            Count(before, -1);
            Count(after, +1);
            _largest.Set(_sizes.Max);
        }
    }

    /// <summary>Rooms by members: <c>1</c>, <c>2</c>, <c>3-5</c>, ..., <c>1001+</c>. Every step is there, also those without rooms.</summary>
    public IReadOnlyList<(string Members, int Rooms)> ByMembers() => _byMembers.Read();

    /// <summary>Rooms by the nodes they span: <c>1</c>, <c>2</c>, <c>3</c>, <c>4-5</c>, ...</summary>
    public IReadOnlyList<(string Nodes, int Rooms)> ByNodes() => _byNodes.Read();

    private void Count(RoomSize size, int rooms)
    {
        if (size.Members > 0)
        {
            _open.Inc(rooms);
            _byMembers.Count(size.Members, rooms);
            int now = _roomsOfSize[size.Members] = _roomsOfSize.GetValueOrDefault(size.Members) + rooms;
            if (now > 0)
            {
                _sizes.Add(size.Members);
            }
            else
            {
                _sizes.Remove(size.Members);
                _roomsOfSize.Remove(size.Members);
            }
        }

        if (size.Nodes > 0)
            _byNodes.Count(size.Nodes, rooms);
    }

    /// <summary>A gauge by steps, and what lies above the last.</summary>
    private sealed class Steps
    {
        private readonly int[] _last;
        private readonly string[] _labels;
        private readonly Gauge.Child[] _gauges;

        internal Steps(Gauge gauge, int[] last)
        {
            _last = last;
            _labels = [.. last.Select((l, i) => i == 0 || last[i - 1] + 1 == l ? $"{l}" : $"{last[i - 1] + 1}-{l}"), $"{last[^1] + 1}+"];
            _gauges = [.. _labels.Select(l => gauge.WithLabels(l))];
        }

        internal void Count(int size, int rooms)
        {
            int step = Array.BinarySearch(_last, size);
            _gauges[step >= 0 ? step : ~step].Inc(rooms);
        }

        internal (string, int)[] Read() => [.. _labels.Zip(_gauges, (label, gauge) => (label, (int)gauge.Value))];
    }
}
