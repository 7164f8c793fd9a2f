using Conference.Media;
using Conference.Node.Cluster;
using Conference.Node.Telemetry;

namespace Conference.Node.Figures;

/// <summary>
/// What this node says of itself. Read by one, once a second; what was read last can be had from any thread, by this node's console and
/// by its peers'.
/// </summary>
public sealed class LocalFigures(ConferenceHost host, ILinkHealth links, MetricsRegistry metrics, TimeProvider time)
{
    /// <summary>Rooms one node tells another of; the fullest, which are those somebody looks for. 2,000 with the longest names take 250 KB.</summary>
    public const int MostRooms = 2000;

    private readonly RateMeter _rates = new(time);
    private readonly DelayWindow _delays = new(readings: 10);
    private readonly RoomMeter _rooms = new();
    private readonly List<PortReading> _ports = [];
    private readonly Lock _gate = new();
    private NodeFigures? _latest;

    /// <summary>From now on other nodes are told what was read last.</summary>
    public void Publish() => host.Figures.Source = this;

    /// <summary>As of the last <see cref="Read"/>; null before the first.</summary>
    /// <param name="withRooms">With the rooms that have members here, the fullest first, at most <see cref="MostRooms"/>.</param>
    public NodeFigures? Latest(bool withRooms)
    {
        lock (_gate)
        {
            if (!withRooms || _latest is null)
                return _latest;
            var figures = _latest.Clone();
            figures.Rooms.AddRange(Rooms());
            return figures;
        }
    }

    /// <summary>Reads everything anew. The node must have started.</summary>
    public void Read()
    {
        var (plane, cluster, counts) = (host.Plane!, host.Cluster, host.Counts);
        var values = metrics.Read();
        double joined = values.Sum("conference_joins", ("outcome", "ok"));
        var media = plane.Read();
        lock (_gate)
        {
            double seconds = _rates.Advance();
            _delays.Add(media.ForwardDelay);
            _ports.Clear();
            plane.ReadPorts(_ports);
            _rooms.Read(_ports, seconds);
            _latest = new NodeFigures
            {
                Id = cluster.Self.ToString(),
                Name = host.Name,
                Condition = Condition(values),
                Version = RuntimeMetrics.Version,
                Started = (long)(values.Sum("conference_process_start_timestamp_seconds") * 1000),
                Sessions = (int)counts.Sessions,
                Members = (int)counts.Members,
                RoomsOwned = (int)counts.Rooms,
                RoomsHere = host.Metrics.MembersByRoom.Count(),
                PortsInUse = media.PortsInUse,
                PortsFree = media.PortsFree,
                Shards = cluster.View.Shards.Count(s => s.Owner == cluster.Self),
                DrainSessionsLeft = (int)values.Sum("conference_drain_sessions_left"),
                MailboxQueued = (int)values.Sum("conference_mailbox_queued"),
                MemoryBytes = Environment.WorkingSet,
                Cores = Environment.ProcessorCount,
                DatagramsIn = _rates.PerSecond("datagrams in", media.Services.Sum(s => s.DatagramsIn)),
                DatagramsOut = _rates.PerSecond("datagrams out", media.Services.Sum(s => s.DatagramsOut)),
                BitsIn = _rates.PerSecond("bits in", media.Services.Sum(s => s.BytesIn) * 8),
                BitsOut = _rates.PerSecond("bits out", media.Services.Sum(s => s.BytesOut) * 8),
                Joins = _rates.PerSecond("joins", joined),
                JoinsRefused = _rates.PerSecond("joins refused", values.Sum("conference_joins") - joined),
                PacketsExpected = _rooms.Total.PacketsExpected,
                PacketsLost = _rooms.Total.PacketsLost,
                TrunkBitsIn = _rates.PerSecond("trunk in", values.Sum("conference_trunk_bytes", ("direction", "in")) * 8),
                TrunkBitsOut = _rates.PerSecond("trunk out", values.Sum("conference_trunk_bytes", ("direction", "out")) * 8),
                Cpu = _rates.PerSecond("cpu", Environment.CpuUsage.TotalTime.TotalSeconds),
                GcPause = _rates.PerSecond("gc pause", GC.GetTotalPauseDuration().TotalSeconds),
            };
            AddOptional(_latest);
            for (int i = 0; i < media.Drops.Length; i++)
                _latest.Drops[MediaMetrics.Reasons[i]] = _rates.PerSecond(MediaMetrics.Reasons[i], media.Drops[i]);
            _latest.Links.AddRange(Links());
        }
    }

    private void AddOptional(NodeFigures figures)
    {
        // A field that is absent is not a field that is 0.
        if (host.LeaseLeft is { } lease)
            figures.LeaseSeconds = lease.TotalSeconds;
        if (_delays.Percentile(0.5) is { } p50)
            figures.DelayP50Seconds = p50;
        if (_delays.Percentile(0.99) is { } p99)
            figures.DelayP99Seconds = p99;
    }

    private NodeCondition Condition(MetricValues values) =>
        values.Sum("conference_drain_state") > 0 ? NodeCondition.Draining
        : !host.Cluster.HoldsLease ? NodeCondition.NoLease
        : host.IsReady ? NodeCondition.Ready
        : NodeCondition.Stopping;

    private IEnumerable<LinkFigures> Links()
    {
        foreach (var node in host.Cluster.View.Nodes.Where(n => n.Id != host.Cluster.Self))
        {
            if (links.Of(node.Id) is not { } health)
                continue;
            var link = new LinkFigures
            {
                Peer = node.Id.ToString(), Name = node.Name, IsConnected = health.ConnectedSince is not null, QueueBytes = health.QueuedBytes,
            };
            if (health.RoundTrip is { } roundTrip)
                link.RoundTripSeconds = roundTrip.TotalSeconds;
            yield return link;
        }
    }

    private IEnumerable<RoomFigures> Rooms() => host.Metrics.MembersByRoom
        .Select(room => (Name: room.Key.ToString(), Members: room.Value))
        .OrderByDescending(room => room.Members).ThenBy(room => room.Name, StringComparer.Ordinal)
        .Take(MostRooms)
        .Select(room =>
        {
            var flow = _rooms.Flows.GetValueOrDefault(new RoomId(room.Name));
            return new RoomFigures
            {
                Name = room.Name,
                Members = room.Members,
                BitsIn = flow.BitsIn,
                BitsOut = flow.BitsOut,
                Drops = flow.Drops,
                PacketsExpected = flow.PacketsExpected,
                PacketsLost = flow.PacketsLost,
            };
        });
}
