using System.Diagnostics.Metrics;
using Conference.Node.Cluster;
using Conference.Node.Telemetry;

namespace Conference.Node.Links;

/// <summary>What node links tell about themselves. Peers are named by their node's name: nodes are few.</summary>
internal sealed class LinkMetrics
{
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _lost;

    public LinkMetrics(Meter meter, Func<IReadOnlyCollection<Peer>> peers, LinkTraffic traffic)
    {
        _dropped = meter.CreateCounter<long>("conference_link_dropped", description: "Messages for another node that were not taken: no link, or too much waits already.");
        _refused = meter.CreateCounter<long>("conference_link_refused", description: "Connections that did not become links, by reason.")
            .FromZero("reason", Enum.GetValues<LinkRefusal>().Select(r => r.Label()));
        _lost = meter.CreateCounter<long>("conference_link_lost", description: "Links that ended, by reason.")
            .FromZero("reason", Enum.GetValues<LinkEnd>().Where(e => e != LinkEnd.None).Select(e => e.Label()));
        meter.CreateObservableGauge("conference_link_connected", () => ByPeer(peers(), links => links.Any(l => l.ConnectedSince is not null) ? 1 : 0), description: "1 where there is a link.");
        meter.CreateObservableGauge("conference_link_round_trip_seconds", () => RoundTrips(peers()), description: "Of the last ping, queues included.");
        meter.CreateObservableGauge("conference_link_queue_bytes", () => ByPeer(peers(), links => links.Sum(l => l.QueuedBytes)), description: "Bytes that wait to be sent.");
        meter.CreateObservableCounter("conference_link_messages", () => Directions(traffic.MessagesIn, traffic.MessagesOut), description: "Messages carried.");
        meter.CreateObservableCounter("conference_link_bytes", () => Directions(traffic.BytesIn, traffic.BytesOut), description: "Bytes carried, before TLS.");
    }

    public void Dropped(string peer, int messages) => _dropped.Add(messages, new KeyValuePair<string, object?>("peer", peer));

    public void Refused(LinkRefusal refusal) => _refused.Add(1, new KeyValuePair<string, object?>("reason", refusal.Label()));

    public void Lost(LinkEnd end) => _lost.Add(1, new KeyValuePair<string, object?>("reason", end.Label()));

    /// <summary>A name may be there twice for a while: a node that was killed, and its next life.</summary>
    private static IEnumerable<Measurement<long>> ByPeer(IEnumerable<Peer> peers, Func<IEnumerable<LinkHealth>, long> value) =>
        peers.GroupBy(p => p.Node.Name, p => p.Health, (name, links) => new Measurement<long>(value(links), Peer(name)));

    private static IEnumerable<Measurement<double>> RoundTrips(IEnumerable<Peer> peers) =>
        from peer in peers
        let roundTrip = peer.Health.RoundTrip
        where roundTrip is not null
        group roundTrip.Value by peer.Node.Name into named
        select new Measurement<double>(named.Max().TotalSeconds, Peer(named.Key));

    private static KeyValuePair<string, object?> Peer(string name) => new("peer", name);

    private static Measurement<long>[] Directions(long received, long sent) =>
    [
        new(received, new KeyValuePair<string, object?>("direction", "in")),
        new(sent, new KeyValuePair<string, object?>("direction", "out")),
    ];
}
