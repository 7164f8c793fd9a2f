using Conference.Media;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>The media plane's counters, read when somebody looks.</summary>
public sealed class MediaMetrics : IMetricsSource
{
    private static readonly string[] _reasons = [.. Enum.GetNames<DropReason>().Select(ToSnakeCase)];
    private static readonly string[] _trunkReasons = [.. Enum.GetNames<TrunkDropReason>().Select(ToSnakeCase)];

    private readonly Func<MediaStatistics> _read;
    private readonly Gauge _portsInUse;
    private readonly Gauge _portsFree;
    private readonly Gauge _portsInPool;
    private readonly Gauge _portsAside;
    private readonly Gauge _portsOfBusiestAddress;
    private readonly Counter.Child _withoutNumber;
    private readonly Counter.Child _withoutSocket;
    private readonly Counter.Child _beyondLimit;
    private readonly Counter _datagramsIn;
    private readonly Counter _datagramsOut;
    private readonly Counter _bytesIn;
    private readonly Counter _bytesOut;
    private readonly AggregatedHistogram _delay;
    private readonly Counter.Child[] _drops;
    private readonly Counter _loopProcessor;
    private readonly Gauge _loopQueued;
    private readonly Gauge _loopKept;
    private readonly Counter _loopNotKept;
    private readonly Gauge _eventsQueued;
    private readonly Counter _eventsDropped;
    private readonly Gauge.Child _segmentation;
    private readonly Gauge.Child _coalescing;
    private readonly Counter _fallbacks;
    private readonly Counter _keyframes;
    private readonly Counter.Child _nacksAnswered;
    private readonly Counter.Child _nacksUnanswered;
    private readonly Counter _layerSwitches;
    private readonly Counter _sourcesRefused;
    private readonly TrunkMetrics _trunks;

    /// <param name="metrics">Where they are shown.</param>
    /// <param name="read">The plane's own counters.</param>
    public MediaMetrics(IMetricFactory metrics, Func<MediaStatistics> read)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _read = read;
        _portsInUse = metrics.CreateGauge("conference_ports_in_use", "CONNs that hold a UDP port.");
        _portsFree = metrics.CreateGauge("conference_ports_free", "Port numbers nobody uses. Numbers are shared between addresses: 0 does not mean full.");
        _portsInPool = metrics.CreateGauge("conference_ports_pool", "Numbers in the pool.");
        _portsAside = metrics.CreateGauge("conference_ports_aside", "Numbers of the pool that another process on this host holds.");
        _portsOfBusiestAddress = metrics.CreateGauge(
            "conference_ports_busiest_address", "Numbers held by the client address that holds most: at conference_ports_pool it gets no more.");
        var refused = metrics.CreateCounter("conference_ports_refused_total", "CONNs that got no port, by reason.", ["reason"]);
        (_withoutNumber, _withoutSocket, _beyondLimit) = (refused.WithLabels("no_number"), refused.WithLabels("no_socket"), refused.WithLabels("server_full"));
        _datagramsIn = metrics.CreateCounter("conference_datagrams_in_total", "Datagrams received from members.", ["service"]);
        _datagramsOut = metrics.CreateCounter("conference_datagrams_out_total", "Datagrams sent to members.", ["service"]);
        _bytesIn = metrics.CreateCounter("conference_media_in_bytes_total", "UDP payload received from members.", ["service"]);
        _bytesOut = metrics.CreateCounter("conference_media_out_bytes_total", "UDP payload sent to members.", ["service"]);
        _delay = new AggregatedHistogram(
            metrics.CreateHistogram(
                "conference_forward_delay_seconds", "From a datagram's receipt by a loop to its last copy handed to the kernel.",
                new HistogramConfiguration { Buckets = [.. DelayHistogram.Bounds] }),
            DelayHistogram.Bounds);
        var drops = metrics.CreateCounter("conference_datagrams_dropped_total", "Datagrams that went no further, by reason.", ["reason"]);
        _drops = [.. _reasons.Select(r => drops.WithLabels(r))];
        _loopProcessor = metrics.CreateCounter(
            "conference_loop_cpu_seconds_total", "Processor time of each thread that carries media: its rate is how busy the thread is, 1 at most.", ["loop"]);
        _loopQueued = metrics.CreateGauge("conference_loop_queued", "Batches from other loops that wait for this one.", ["loop"]);
        _loopKept = metrics.CreateGauge("conference_loop_packets_kept", "Packets kept to be sent again.", ["loop"]);
        _loopNotKept = metrics.CreateCounter(
            "conference_loop_packets_not_kept_total", "Packets that cannot be sent again because too many were kept.", ["loop"]);
        _eventsQueued = metrics.CreateGauge("conference_media_events_queued", "Events of ports that wait to be heard.");
        _eventsDropped = metrics.CreateCounter("conference_media_events_dropped_total", "Events of ports that nobody had time to hear.");
        var offload = metrics.CreateGauge(
            "conference_media_offload", "1 where the kernel handles several datagrams at a time: segmentation when sending, coalescing when receiving.", ["kind"]);
        (_segmentation, _coalescing) = (offload.WithLabels("segmentation"), offload.WithLabels("coalescing"));
        _fallbacks = metrics.CreateCounter("conference_media_offload_fallbacks_total", "Runs of datagrams the kernel refused as one; they were sent one by one.");
        _keyframes = metrics.CreateCounter("conference_media_keyframes_asked_total", "Keyframe requests sent to senders, after merging.");
        var nacks = metrics.CreateCounter(
            "conference_media_nacks_total", "Lost packets asked for by receivers: sent again, or not there any more.", ["answer"]);
        (_nacksAnswered, _nacksUnanswered) = (nacks.WithLabels("sent"), nacks.WithLabels("none"));
        _layerSwitches = metrics.CreateCounter("conference_media_layer_switches_total", "Changes of simulcast layer, over all receivers.");
        _sourcesRefused = metrics.CreateCounter("conference_media_sources_refused_total", "RTP packets of sources that found no place among those of their port.");
        _trunks = new TrunkMetrics(metrics, _trunkReasons);
    }

    /// <summary>The <c>reason</c> label, indexed by <see cref="DropReason"/>.</summary>
    public static IReadOnlyList<string> Reasons => _reasons;

    public void Refresh()
    {
        var now = _read();
        _portsInUse.Set(now.PortsInUse);
        _portsFree.Set(now.PortsFree);
        _portsInPool.Set(now.PortsInPool);
        _portsAside.Set(now.NumbersAside);
        _portsOfBusiestAddress.Set(now.PortsOfBusiestAddress);
        _withoutNumber.IncTo(now.OpeningsWithoutNumber);
        _withoutSocket.IncTo(now.OpeningsFailed);
        _beyondLimit.IncTo(now.OpeningsBeyondLimit);
        foreach (var service in now.Services)
        {
            string name = service.Service.Value;
            _datagramsIn.WithLabels(name).IncTo(service.DatagramsIn);
            _datagramsOut.WithLabels(name).IncTo(service.DatagramsOut);
            _bytesIn.WithLabels(name).IncTo(service.BytesIn);
            _bytesOut.WithLabels(name).IncTo(service.BytesOut);
        }

        _delay.BringTo(now.ForwardDelay.Counts, now.ForwardDelay.SumSeconds);
        for (int i = 0; i < now.Drops.Length; i++)
            _drops[i].IncTo(now.Drops[i]);
        foreach (var loop in now.Loops)
            Refresh(loop);
        _eventsQueued.Set(now.EventsQueued);
        _eventsDropped.IncTo(now.EventsDropped);
        _segmentation.Set(now.Offload.Segmentation.IsOn ? 1 : 0);
        _coalescing.Set(now.Offload.Coalescing.IsOn ? 1 : 0);
        _fallbacks.IncTo(now.Offload.Fallbacks);
        _keyframes.IncTo(now.KeyframesAsked);
        _nacksAnswered.IncTo(now.NacksAnswered);
        _nacksUnanswered.IncTo(now.NacksUnanswered);
        _layerSwitches.IncTo(now.LayerSwitches);
        _sourcesRefused.IncTo(now.SourcesRefused);
        _trunks.Refresh(now.Trunks);
    }

    private void Refresh(LoopStatistics loop)
    {
        if (loop.Processor is { } processor)
            _loopProcessor.WithLabels(loop.Name).IncTo(processor.TotalSeconds);
        _loopQueued.WithLabels(loop.Name).Set(loop.Queued);
        _loopKept.WithLabels(loop.Name).Set(loop.PacketsKept);
        _loopNotKept.WithLabels(loop.Name).IncTo(loop.PacketsNotKept);
    }

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
