using System.Collections.Immutable;
using Conference.Media;
using Conference.Node.Metrics;

namespace Conference.Node.Statistics;

/// <summary>
/// What this node says of itself. Read by one, once a second; what was read last can be had from any thread, by this node's console and
/// by its peers'.
/// </summary>
/// <param name="sources">There once the node has started.</param>
/// <param name="time">Whose clock.</param>
public sealed class LocalStatistics(Func<StatisticsSources> sources, TimeProvider time)
{
    /// <summary>Rooms one node tells another of; the fullest, which are those somebody looks for. 2,000 with the longest names take 200 KB.</summary>
    public const int MostRooms = 2000;

    private readonly RateMeter _rates = new(time);
    private readonly DelayWindow _delays = new(readings: 10);
    private readonly RoomMeter _rooms = new();
    private readonly List<PortReading> _ports = [];
    private readonly Lock _gate = new();
    private NodeStatistics? _latest;

    /// <summary>As of the last <see cref="Read"/>; null before the first.</summary>
    /// <param name="withRooms">With the rooms that have members here, the fullest first, at most <see cref="MostRooms"/>.</param>
    public NodeStatistics? Latest(bool withRooms)
    {
        lock (_gate)
            return withRooms && _latest is not null ? _latest with { Rooms = Rooms() } : _latest;
    }

    /// <summary>Reads everything anew. The node must have started.</summary>
    public void Read()
    {
        var from = sources();
        var (metrics, media) = (from.Metrics, from.Plane.Read());
        var (counts, joins, drain) = (metrics.Counts, metrics.Joins, metrics.DrainState);
        lock (_gate)
        {
            double seconds = _rates.Advance();
            _delays.Add(media.ForwardDelay);
            _ports.Clear();
            from.Plane.ReadPorts(_ports);
            _rooms.Read(_ports, seconds);
            _latest = new NodeStatistics
            {
                Id = from.Nodes.Self.ToString(),
                Name = from.NodeName,
                Condition = Condition(from, drain.IsGoingOn),
                Version = RuntimeMetrics.Version,
                Console = from.Console,
                Started = RuntimeMetrics.Started.ToUnixTimeMilliseconds(),
                Sessions = (int)counts.Sessions,
                Members = (int)counts.Members,
                RoomsOwned = (int)counts.Rooms,
                RoomsHere = metrics.RoomsHere,
                PortsInUse = media.PortsInUse,
                PortsFree = media.PortsFree,
                Shards = metrics.ShardsOwned,
                DrainSessionsLeft = drain.SessionsLeft,
                Queued = ThreadPool.PendingWorkItemCount,
                MemoryBytes = Environment.WorkingSet,
                Cores = Environment.ProcessorCount,
                DatagramsIn = _rates.PerSecond("datagrams in", media.Services.Sum(s => s.DatagramsIn)),
                DatagramsOut = _rates.PerSecond("datagrams out", media.Services.Sum(s => s.DatagramsOut)),
                BitsIn = _rates.PerSecond("bits in", media.Services.Sum(s => s.BytesIn) * 8),
                BitsOut = _rates.PerSecond("bits out", media.Services.Sum(s => s.BytesOut) * 8),
                Drops = Drops(media.Drops),
                Joins = _rates.PerSecond("joins", joins.Joined),
                JoinsRefused = _rates.PerSecond("joins refused", joins.Refused),
                PacketsExpected = _rooms.Total.PacketsExpected,
                PacketsLost = _rooms.Total.PacketsLost,
                TrunkBitsIn = _rates.PerSecond("trunk in", media.Trunks.BytesIn * 8),
                TrunkBitsOut = _rates.PerSecond("trunk out", media.Trunks.BytesOut * 8),
                Cpu = _rates.PerSecond("cpu", Environment.CpuUsage.TotalTime.TotalSeconds),
                GcPause = _rates.PerSecond("gc pause", GC.GetTotalPauseDuration().TotalSeconds),
                DelayP50Seconds = _delays.Percentile(0.5),
                DelayP99Seconds = _delays.Percentile(0.99),
                Peers = [.. from.Cluster.Peers.Select(p => new PeerLink(p.Id.ToString(), p.Name, p.IsReachable, p.RoundTrip?.TotalSeconds))],
            };
        }
    }

    private static NodeCondition Condition(StatisticsSources from, bool isDraining) =>
        isDraining ? NodeCondition.Draining
        : from.IsStopping() ? NodeCondition.Stopping
        : !from.Guard.MayAct ? NodeCondition.NotActing
        : from.IsReady() ? NodeCondition.Ready
        : NodeCondition.NotReady;

    private ImmutableDictionary<string, double> Drops(ImmutableArray<long> drops) =>
        drops.Select((count, i) => KeyValuePair.Create(MediaMetrics.Reasons[i], _rates.PerSecond(MediaMetrics.Reasons[i], count))).ToImmutableDictionary();

    private ImmutableArray<RoomStatistics> Rooms() =>
    [
        .. sources().Metrics.MembersByRoom
            .Select(room => (Name: room.Key.ToString(), Members: room.Value))
            .OrderByDescending(room => room.Members).ThenBy(room => room.Name, StringComparer.Ordinal)
            .Take(MostRooms)
            .Select(room =>
            {
                var flow = _rooms.Flows.GetValueOrDefault(new RoomId(room.Name));
                return new RoomStatistics
                {
                    Name = room.Name,
                    Members = room.Members,
                    BitsIn = (float)flow.BitsIn,
                    BitsOut = (float)flow.BitsOut,
                    Drops = (float)flow.Drops,
                    PacketsExpected = (float)flow.PacketsExpected,
                    PacketsLost = (float)flow.PacketsLost,
                };
            }),
    ];
}
