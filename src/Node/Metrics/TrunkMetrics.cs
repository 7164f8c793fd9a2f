using Conference.Media;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>Media between nodes.</summary>
internal sealed class TrunkMetrics
{
    private readonly Counter.Child _datagramsIn;
    private readonly Counter.Child _datagramsOut;
    private readonly Counter.Child _bytesIn;
    private readonly Counter.Child _bytesOut;
    private readonly Counter.Child[] _drops;
    private readonly Gauge _peers;

    /// <param name="metrics">Where they are shown.</param>
    /// <param name="reasons">The <c>reason</c> label, indexed by <see cref="TrunkDropReason"/>.</param>
    internal TrunkMetrics(IMetricFactory metrics, IEnumerable<string> reasons)
    {
        var datagrams = metrics.CreateCounter("conference_trunk_datagrams_total", "Datagrams from other nodes and to them.", ["direction"]);
        (_datagramsIn, _datagramsOut) = (datagrams.WithLabels("in"), datagrams.WithLabels("out"));
        var bytes = metrics.CreateCounter("conference_trunk_bytes_total", "UDP payload of those, as it was on the wire.", ["direction"]);
        (_bytesIn, _bytesOut) = (bytes.WithLabels("in"), bytes.WithLabels("out"));
        var drops = metrics.CreateCounter(
            "conference_trunk_dropped_total", "Datagrams from other nodes, or meant for them, that went no further, by reason.", ["reason"]);
        _drops = [.. reasons.Select(r => drops.WithLabels(r))];
        _peers = metrics.CreateGauge("conference_trunk_peers", "Nodes that media can be sent to.");
    }

    internal void Refresh(TrunkStatistics now)
    {
        _datagramsIn.IncTo(now.DatagramsIn);
        _datagramsOut.IncTo(now.DatagramsOut);
        _bytesIn.IncTo(now.BytesIn);
        _bytesOut.IncTo(now.BytesOut);
        for (int i = 0; i < now.Drops.Length; i++)
            _drops[i].IncTo(now.Drops[i]);
        _peers.Set(now.Peers.Count(p => p.IsOpen));
    }
}
