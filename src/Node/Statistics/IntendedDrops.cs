using System.Collections.Frozen;
using Conference.Media;
using Conference.Node.Metrics;

namespace Conference.Node.Statistics;

/// <summary>Datagrams that go no further because somebody wants it so, or because there is nothing in them. They are no sign that anything is wrong.</summary>
internal static class IntendedDrops
{
    private static readonly FrozenSet<string> _reasons = Enum.GetValues<DropReason>().Where(r => r.IsIntended()).Select(r => MediaMetrics.Reasons[(int)r]).ToFrozenSet();

    /// <param name="drops">By reason.</param>
    public static double Others(IEnumerable<KeyValuePair<string, double>> drops) => drops.Where(d => !_reasons.Contains(d.Key)).Sum(d => d.Value);
}
