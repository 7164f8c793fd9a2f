using System.Text.Json.Nodes;

namespace Conference.Node.Statistics;

/// <summary>
/// The last ten minutes of every node, in steps of five seconds, for charts that have something to show at once. Safe from any thread.
/// </summary>
public sealed class StatisticsHistory
{
    public const int Steps = 120;

    private static readonly TimeSpan _step = TimeSpan.FromSeconds(5);

    private static readonly Series[] _series =
    [
        new("bitsIn", Fold.Mean, f => f.BitsIn),
        new("bitsOut", Fold.Mean, f => f.BitsOut),
        new("drops", Fold.Mean, f => IntendedDrops.Others(f.Drops)),
        new("expected", Fold.Mean, f => f.PacketsExpected),
        new("lost", Fold.Mean, f => f.PacketsLost),
        new("joins", Fold.Mean, f => f.Joins),
        new("refused", Fold.Mean, f => f.JoinsRefused),
        new("p50", Fold.Most, f => f.DelayP50Seconds * 1e6),
        new("p99", Fold.Most, f => f.DelayP99Seconds * 1e6),
        new("members", Fold.Last, f => f.Members),
        new("sessions", Fold.Last, f => f.Sessions),
    ];

    private readonly Dictionary<string, Row> _rows = [];
    private readonly Lock _gate = new();
    private long _last;

    public void Add(Observation now)
    {
        long step = now.At.Ticks / _step.Ticks;
        lock (_gate)
        {
            _last = Math.Max(_last, step);
            foreach (var node in now.Nodes.Where(n => n.Answers))
            {
                if (!_rows.TryGetValue(node.Id, out var row))
                    _rows[node.Id] = row = new Row();
                row.Add(step, node.Statistics!);
            }

            foreach (string gone in _rows.Where(r => r.Value.LastStep <= _last - Steps).Select(r => r.Key).ToArray())
                _rows.Remove(gone);
        }
    }

    /// <summary><c>{"step":ms,"end":ms,"nodes":{id:{series:[...]}}}</c>: the oldest first, null where a node said nothing. The step that
    /// is not over yet is left out: <c>end</c> is where the last one ends.</summary>
    public JsonObject ToJson()
    {
        lock (_gate)
        {
            var nodes = new JsonObject();
            foreach (var (id, row) in _rows)
                nodes[id] = row.ToJson(_last - Steps, _last - 1);
            return new JsonObject
            {
                ["step"] = (long)_step.TotalMilliseconds,
                ["end"] = (_last * _step.Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond,
                ["nodes"] = nodes,
            };
        }
    }

    private enum Fold
    {
        Mean,
        Most,
        Last,
    }

    private sealed record Series(string Name, Fold Fold, Func<NodeStatistics, double?> Read);

    /// <summary>One node's rings, a step in each place, and which step that is.</summary>
    private sealed class Row
    {
        private readonly long[] _steps = new long[Steps];
        private readonly int[] _counts = new int[Steps];
        private readonly double?[][] _values = [.. _series.Select(_ => new double?[Steps])];

        public long LastStep { get; private set; }

        public void Add(long step, NodeStatistics statistics)
        {
            int at = (int)(step % Steps);
            if (_steps[at] != step)
                (_steps[at], _counts[at]) = (step, 0);
            for (int i = 0; i < _series.Length; i++)
            {
                double? value = _series[i].Read(statistics);
                double? before = _counts[at] == 0 ? null : _values[i][at];
                _values[i][at] = _series[i].Fold switch
                {
                    Fold.Mean => ((before ?? 0) * _counts[at] + value) / (_counts[at] + 1),
                    Fold.Most => value > before ? value : before ?? value,
                    _ => value,
                };
            }

            _counts[at]++;
            LastStep = step;
        }

        public JsonObject ToJson(long first, long last)
        {
            var series = new JsonObject();
            for (int i = 0; i < _series.Length; i++)
            {
                var values = new JsonArray();
                for (long step = first; step <= last; step++)
                {
                    int at = (int)(step % Steps);
                    values.Add(_steps[at] == step && _values[i][at] is { } value ? JsonValue.Create(StatisticsJson.Round(value)) : null);
                }

                series[_series[i].Name] = values;
            }

            return series;
        }
    }
}
