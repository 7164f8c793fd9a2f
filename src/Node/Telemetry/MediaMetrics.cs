using System.Diagnostics.Metrics;
using Conference.Media;

namespace Conference.Node.Telemetry;

/// <summary>The media plane's counters, read when somebody looks.</summary>
public sealed class MediaMetrics
{
    private static readonly string[] _reasons = [.. Enum.GetNames<DropReason>().Select(ToSnakeCase)];
    private static readonly string[] _trunkReasons = [.. Enum.GetNames<TrunkDropReason>().Select(ToSnakeCase)];

    /// <summary>The <c>reason</c> label, indexed by <see cref="DropReason"/>.</summary>
    public static IReadOnlyList<string> Reasons => _reasons;

    public MediaMetrics(MetricsRegistry registry, IMediaPlane plane)
    {
        var meter = registry.Meter;
        var read = registry.OncePerCollection(plane.Read);
        meter.CreateObservableGauge("conference_ports_in_use", () => read().PortsInUse, description: "CONNs that hold a UDP port.");
        meter.CreateObservableGauge("conference_ports_free", () => read().PortsFree, description: "Port numbers nobody uses. Numbers are shared between addresses: 0 does not mean full.");
        meter.CreateObservableGauge("conference_ports_pool", () => read().PortsInPool, description: "Numbers in the pool.");
        meter.CreateObservableGauge("conference_ports_aside", () => read().NumbersAside, description: "Numbers of the pool that another process on this host holds.");
        meter.CreateObservableGauge("conference_ports_busiest_address", () => read().PortsOfBusiestAddress, description: "Numbers held by the client address that holds most: at conference_ports_pool it gets no more.");
        meter.CreateObservableCounter("conference_ports_refused", () => Refusals(read()), description: "CONNs that got no port, by reason.");
        meter.CreateObservableCounter("conference_datagrams_in", () => ByService(read(), s => s.DatagramsIn), description: "Datagrams received from members.");
        meter.CreateObservableCounter("conference_datagrams_out", () => ByService(read(), s => s.DatagramsOut), description: "Datagrams sent to members.");
        meter.CreateObservableCounter("conference_media_in_bytes", () => ByService(read(), s => s.BytesIn), description: "UDP payload received from members.");
        meter.CreateObservableCounter("conference_media_out_bytes", () => ByService(read(), s => s.BytesOut), description: "UDP payload sent to members.");
        registry.AddHistogram(
            "conference_forward_delay_seconds", "From a datagram's receipt by a loop to its last copy handed to the kernel.",
            () => new AggregatedHistogram(DelayHistogram.Bounds, read().ForwardDelay.Counts, read().ForwardDelay.SumSeconds));
        meter.CreateObservableCounter("conference_datagrams_dropped", () => Drops(read()), description: "Datagrams that went no further, by reason.");
        meter.CreateObservableCounter("conference_loop_cpu_seconds", () => LoopProcessor(read()), description: "Processor time of each thread that carries media: its rate is how busy the thread is, 1 at most.");
        meter.CreateObservableGauge("conference_loop_queued", () => ByLoop(read(), l => l.Queued), description: "Batches from other loops that wait for this one.");
        meter.CreateObservableGauge("conference_loop_packets_kept", () => ByLoop(read(), l => l.PacketsKept), description: "Packets kept to be sent again.");
        meter.CreateObservableCounter("conference_loop_packets_not_kept", () => ByLoop(read(), l => l.PacketsNotKept), description: "Packets that cannot be sent again because too many were kept.");
        meter.CreateObservableGauge("conference_media_events_queued", () => read().EventsQueued, description: "Events of ports that wait to be heard.");
        meter.CreateObservableCounter("conference_media_events_dropped", () => read().EventsDropped, description: "Events of ports that nobody had time to hear.");
        meter.CreateObservableGauge("conference_media_offload", () => Offload(read().Offload), description: "1 where the kernel handles several datagrams at a time: segmentation when sending, coalescing when receiving.");
        meter.CreateObservableCounter("conference_media_offload_fallbacks", () => read().Offload.Fallbacks, description: "Runs of datagrams the kernel refused as one; they were sent one by one.");
        meter.CreateObservableCounter("conference_media_keyframes_asked", () => read().KeyframesAsked, description: "Keyframe requests sent to senders, after merging.");
        meter.CreateObservableCounter(
            "conference_media_nacks", () => Nacks(read()), description: "Lost packets asked for by receivers: sent again, or not there any more.");
        meter.CreateObservableCounter("conference_media_layer_switches", () => read().LayerSwitches, description: "Changes of simulcast layer, over all receivers.");
        meter.CreateObservableCounter("conference_media_sources_refused", () => read().SourcesRefused, description: "RTP packets of SSRCs beyond what one port may have.");
        meter.CreateObservableCounter("conference_trunk_datagrams", () => BothWays(read().Trunks.DatagramsIn, read().Trunks.DatagramsOut), description: "Datagrams from other nodes and to them.");
        meter.CreateObservableCounter("conference_trunk_bytes", () => BothWays(read().Trunks.BytesIn, read().Trunks.BytesOut), description: "UDP payload of those, as it was on the wire.");
        meter.CreateObservableCounter("conference_trunk_dropped", () => TrunkDrops(read()), description: "Datagrams from other nodes, or meant for them, that went no further, by reason.");
        meter.CreateObservableGauge("conference_trunk_peers", () => read().Trunks.Peers.Count(p => p.IsOpen), description: "Nodes that media can be sent to.");
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

    private static IEnumerable<Measurement<long>> ByService(MediaStatistics read, Func<ServiceStatistics, long> value) =>
        read.Services.Select(s => new Measurement<long>(value(s), new KeyValuePair<string, object?>("service", s.Service.Value)));

    private static IEnumerable<Measurement<long>> Drops(MediaStatistics read) =>
        read.Drops.Select((count, i) => new Measurement<long>(count, new KeyValuePair<string, object?>("reason", _reasons[i])));

    private static IEnumerable<Measurement<long>> TrunkDrops(MediaStatistics read) =>
        read.Trunks.Drops.Select((count, i) => new Measurement<long>(count, new KeyValuePair<string, object?>("reason", _trunkReasons[i])));

    private static IEnumerable<Measurement<long>> BothWays(long inward, long outward) =>
    [
        new(inward, new KeyValuePair<string, object?>("direction", "in")),
        new(outward, new KeyValuePair<string, object?>("direction", "out")),
    ];

    private static IEnumerable<Measurement<long>> Refusals(MediaStatistics read) =>
    [
        new(read.OpeningsWithoutNumber, new KeyValuePair<string, object?>("reason", "no_number")),
        new(read.OpeningsFailed, new KeyValuePair<string, object?>("reason", "no_socket")),
    ];

    private static IEnumerable<Measurement<long>> ByLoop(MediaStatistics read, Func<LoopStatistics, long> value) =>
        read.Loops.Select(l => new Measurement<long>(value(l), new KeyValuePair<string, object?>("loop", l.Name)));

    private static IEnumerable<Measurement<double>> LoopProcessor(MediaStatistics read) =>
        read.Loops.Where(l => l.Processor is not null)
            .Select(l => new Measurement<double>(l.Processor!.Value.TotalSeconds, new KeyValuePair<string, object?>("loop", l.Name)));

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
