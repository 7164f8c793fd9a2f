using System.Collections.Immutable;

namespace Conference.Node.Telemetry;

/// <summary>A histogram somebody else has aggregated already.</summary>
/// <param name="Bounds">Upper bounds, inclusive, growing.</param>
/// <param name="Counts">One per bound, then those above the last; not cumulative.</param>
/// <param name="Sum">Of everything observed.</param>
public sealed record AggregatedHistogram(ImmutableArray<double> Bounds, ImmutableArray<long> Counts, double Sum)
{
    /// <summary>By the text of each upper bound, how many were not above it; <c>+Inf</c> last.</summary>
    public IEnumerable<(string Bound, long Count)> Cumulative()
    {
        long cumulative = 0;
        for (int i = 0; i < Counts.Length; i++)
        {
            cumulative += Counts[i];
            yield return (i < Bounds.Length ? PrometheusExporter.Number(Bounds[i]) : "+Inf", cumulative);
        }
    }
}
