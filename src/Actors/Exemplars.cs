using System.Diagnostics;
using Prometheus;

namespace Conference.Actors;

/// <summary>
/// Which trace an observation was part of, for whoever asks for the OpenMetrics format. Only histograms of latencies have them, and only spans
/// that are recorded and sent somewhere count: an id that leads nowhere helps nobody.
/// </summary>
public static class Exemplars
{
    private static readonly Exemplar.LabelKey _traceId = Exemplar.Key("trace_id");
    private static readonly Exemplar.LabelKey _spanId = Exemplar.Key("span_id");

    /// <summary>For all metrics but those of <see cref="OfCurrentSpan"/>: prometheus-net would give counters some too, an object for each increment.</summary>
    public static ExemplarBehavior None { get; } = ExemplarBehavior.NoExemplars();

    /// <summary>The span that runs where the observation is made.</summary>
    public static ExemplarBehavior OfCurrentSpan { get; } = new() { DefaultExemplarProvider = (_, _) => Of(Activity.Current) };

    /// <summary>Of a span that need not run here. For one observation.</summary>
    public static Exemplar Of(Activity? span) => span is { Recorded: true } && span.Source.HasListeners()
        ? Exemplar.From(_traceId.WithValue(span.TraceId.ToHexString()), _spanId.WithValue(span.SpanId.ToHexString()))
        : Exemplar.None;
}
