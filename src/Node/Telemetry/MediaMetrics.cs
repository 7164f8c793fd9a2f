using System.Diagnostics.Metrics;
using Conference.Media;

namespace Conference.Node.Telemetry;

/// <summary>The media plane's counters, read when somebody looks.</summary>
public sealed class MediaMetrics
{
    private static readonly string[] _reasons = [.. Enum.GetNames<DropReason>().Select(ToSnakeCase)];

    /// <summary>The <c>reason</c> label, indexed by <see cref="DropReason"/>.</summary>
    public static IReadOnlyList<string> Reasons => _reasons;

    public MediaMetrics(MetricsRegistry registry, IMediaPlane plane)
    {
        var meter = registry.Meter;
        meter.CreateObservableGauge("conference_ports_in_use", () => plane.Read().PortsInUse, description: "CONNs that hold a UDP port.");
        meter.CreateObservableGauge("conference_ports_free", () => plane.Read().PortsFree, description: "Port numbers nobody uses. Numbers are shared between addresses: 0 does not mean full.");
        meter.CreateObservableCounter("conference_datagrams_in", () => ByService(plane, s => s.DatagramsIn), description: "Datagrams received from members.");
        meter.CreateObservableCounter("conference_datagrams_out", () => ByService(plane, s => s.DatagramsOut), description: "Datagrams sent to members.");
        meter.CreateObservableCounter("conference_media_in_bytes", () => ByService(plane, s => s.BytesIn), description: "UDP payload received from members.");
        meter.CreateObservableCounter("conference_media_out_bytes", () => ByService(plane, s => s.BytesOut), description: "UDP payload sent to members.");
        registry.AddAggregated(text =>
        {
            var delay = plane.Read().ForwardDelay;
            PrometheusExporter.AppendHistogram(
                text, "conference_forward_delay_seconds", "From a datagram's receipt by a loop to its last copy handed to the kernel.",
                DelayHistogram.Bounds.AsSpan(), delay.Counts.AsSpan(), delay.SumSeconds);
        });
        meter.CreateObservableCounter("conference_datagrams_dropped", () => Drops(plane), description: "Datagrams that went no further, by reason.");
        meter.CreateObservableGauge("conference_media_offload", () => Offload(plane.Read().Offload), description: "1 where the kernel handles several datagrams at a time: segmentation when sending, coalescing when receiving.");
        meter.CreateObservableCounter("conference_media_offload_fallbacks", () => plane.Read().Offload.Fallbacks, description: "Runs of datagrams the kernel refused as one; they were sent one by one.");
        meter.CreateObservableCounter("conference_media_keyframes_asked", () => plane.Read().KeyframesAsked, description: "Keyframe requests sent to senders, after merging.");
        meter.CreateObservableCounter(
            "conference_media_nacks", () => Nacks(plane.Read()), description: "Lost packets asked for by receivers: sent again, or not there any more.");
        meter.CreateObservableCounter("conference_media_layer_switches", () => plane.Read().LayerSwitches, description: "Changes of simulcast layer, over all receivers.");
        meter.CreateObservableCounter("conference_media_sources_refused", () => plane.Read().SourcesRefused, description: "RTP packets of SSRCs beyond what one port may have.");
    }

    private static IEnumerable<Measurement<int>> Offload(MediaOffload offload) =>
    [
        new(offload.Segmentation.IsOn ? 1 : 0, new KeyValuePair<string, object?>("kind", "segmentation")),
        new(offload.Coalescing.IsOn ? 1 : 0, new KeyValuePair<string, object?>("kind", "coalescing")),
    ];

    private static IEnumerable<Measurement<long>> Nacks(MediaStatistics read) =>
    [
        new(read.NacksAnswered, new KeyValuePair<string, object?>("answer", "sent")),
        new(read.NacksUnanswered, new KeyValuePair<string, object?>("answer", "none")),
    ];

    private static IEnumerable<Measurement<long>> ByService(IMediaPlane plane, Func<ServiceStatistics, long> value) =>
        plane.Read().Services.Select(s => new Measurement<long>(value(s), new KeyValuePair<string, object?>("service", s.Service.Value)));

    private static IEnumerable<Measurement<long>> Drops(IMediaPlane plane) =>
        plane.Read().Drops.Select((count, i) => new Measurement<long>(count, new KeyValuePair<string, object?>("reason", _reasons[i])));

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
