using System.Globalization;

namespace Conference.Node.Statistics;

/// <summary>
/// Tells from two observations what happened between them, and remembers the last <see cref="Most"/>. In memory: what must be found next
/// month is in the logs. One writer; what it has written can be read from any thread.
/// </summary>
public sealed class ClusterEventLog
{
    public const int Most = 100;

    private static readonly TimeSpan _joinsEvery = TimeSpan.FromMinutes(1);

    // Shards move one by one: told once they have stood still for so many observations.
    private const int Still = 3;

    private readonly Queue<ClusterEvent> _events = new();
    private Dictionary<string, int>? _shardsTold;
    private int _still;
    private long _number;
    private DateTimeOffset? _joinsSince;
    private double _joins;
    private double _refused;

    /// <summary>The oldest first. Replaced whole.</summary>
    public IReadOnlyList<ClusterEvent> Events { get; private set; } = [];

    public void Add(Observation before, Observation now)
    {
        long first = _number;
        if (before.Nodes.IsEmpty)
            Write(now, ClusterEventLevel.Info, $"This node began to watch: {Count(now.Nodes.Length, "node")}");
        else
            Compare(before, now);
        Shards(before, now);
        Joins(before, now);
        if (_number != first)
            Events = [.. _events];
    }

    private void Compare(Observation before, Observation now)
    {
        foreach (var node in now.Nodes.Where(n => before.Find(n.Id) is null))
            Write(now, ClusterEventLevel.Info, $"{node.Name} joined the cluster");
        foreach (var node in before.Nodes.Where(n => now.Find(n.Id) is null))
        {
            bool said = node.IsLeaving || node.Statistics?.Condition is NodeCondition.Draining or NodeCondition.Stopping;
            Write(now, said ? ClusterEventLevel.Info : ClusterEventLevel.Problem, $"{node.Name} left the cluster{(said ? "" : " without a word")}");
        }

        foreach (var node in now.Nodes)
        {
            if (before.Find(node.Id) is not { } was)
                continue;
            if (was.Answers && !node.Answers && node.IsReachable)
                Write(now, ClusterEventLevel.Warning, $"{node.Name} does not answer");
            if (!was.Answers && was.Statistics is not null && node.Answers)
                Write(now, ClusterEventLevel.Info, $"{node.Name} answers again");
            if (was.IsReachable && !node.IsReachable)
                Write(now, ClusterEventLevel.Problem, $"{node.Name} cannot be reached");
            if (!was.IsReachable && node.IsReachable)
                Write(now, ClusterEventLevel.Info, $"{node.Name} can be reached again");
            if (was.Statistics is { } then && node.Statistics is { } statistics)
                Condition(now, node.Name, then.Condition, statistics.Condition);
        }
    }

    private void Condition(Observation now, string node, NodeCondition was, NodeCondition condition)
    {
        if (was == condition)
            return;
        var (level, text) = condition switch
        {
            NodeCondition.Draining => (ClusterEventLevel.Warning, "is draining"),
            NodeCondition.Stopping => (ClusterEventLevel.Warning, "is stopping"),
            NodeCondition.NotActing => (ClusterEventLevel.Problem, "is cut off: it has not heard from a majority of the cluster"),
            NodeCondition.NotReady => (ClusterEventLevel.Problem, "is not ready: it takes no clients"),
            NodeCondition.Ready when was == NodeCondition.Draining => (ClusterEventLevel.Info, "is ready: its drain was called off"),
            NodeCondition.Ready when was == NodeCondition.NotActing => (ClusterEventLevel.Info, "is ready: it hears from the cluster again"),
            _ => (ClusterEventLevel.Info, "is ready"),
        };
        Write(now, level, $"{node} {text}");
    }

    private void Shards(Observation before, Observation now)
    {
        var shards = ByNode(now);
        _shardsTold ??= shards;
        _still = Same(ByNode(before), shards) ? _still + 1 : 0;
        if (_still < Still || Same(_shardsTold, shards))
            return;
        var changes = shards.Keys.Union(_shardsTold.Keys).Order(StringComparer.Ordinal)
            .Select(n => (Name: n, Was: _shardsTold.GetValueOrDefault(n), Now: shards.GetValueOrDefault(n)))
            .Where(c => c.Was != c.Now)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Was} → {c.Now}"));
        Write(now, ClusterEventLevel.Info, $"Shards moved: {string.Join(", ", changes)}");
        _shardsTold = shards;
    }

    // By name: a node that came back under another id is, to whoever reads this, the same.
    private static Dictionary<string, int> ByNode(Observation observation) => observation.Nodes
        .GroupBy(n => n.Name).ToDictionary(g => g.Key, g => g.Sum(n => n.Statistics?.Shards ?? 0));

    private static bool Same(Dictionary<string, int> left, Dictionary<string, int> right) =>
        left.Count == right.Count && left.All(l => right.TryGetValue(l.Key, out int shards) && shards == l.Value);

    private void Joins(Observation before, Observation now)
    {
        _joinsSince ??= now.At;
        double seconds = before.Nodes.IsEmpty ? 0 : Math.Clamp((now.At - before.At).TotalSeconds, 0, 10);
        foreach (var statistics in now.Nodes.Where(n => n.Answers).Select(n => n.Statistics!))
        {
            _joins += statistics.Joins * seconds;
            _refused += statistics.JoinsRefused * seconds;
        }

        if (now.At - _joinsSince < _joinsEvery)
            return;
        (long joins, long refused) = ((long)Math.Round(_joins), (long)Math.Round(_refused));
        if (joins + refused > 0)
        {
            string also = refused > 0 ? string.Create(CultureInfo.InvariantCulture, $", {refused:N0} refused") : "";
            Write(now, refused > joins ? ClusterEventLevel.Warning : ClusterEventLevel.Info, $"{Count(joins, "CONN")} in the last minute{also}");
        }

        (_joins, _refused, _joinsSince) = (0, 0, now.At);
    }

    private void Write(Observation now, ClusterEventLevel level, string text)
    {
        _events.Enqueue(new ClusterEvent(++_number, now.Clock, level, text));
        if (_events.Count > Most)
            _events.Dequeue();
    }

    private static string Count(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");
}
