using Conference.Media;

namespace Conference.Node.Statistics;

/// <summary>
/// What flows in each room of this node, from its ports' counters. By port and not by room: a room's sum would shrink when somebody
/// leaves. Not safe for several threads.
/// </summary>
public sealed class RoomMeter
{
    private Dictionary<PortId, PortReading> _before = [];
    private Dictionary<PortId, PortReading> _spare = [];
    private readonly Dictionary<RoomId, RoomFlow> _flows = [];

    /// <summary>Of the last reading; rooms without a port are not there.</summary>
    public IReadOnlyDictionary<RoomId, RoomFlow> Flows => _flows;

    /// <summary>All rooms together.</summary>
    public RoomFlow Total { get; private set; }

    /// <param name="ports">Every open port.</param>
    /// <param name="seconds">Since the reading before.</param>
    public void Read(IEnumerable<PortReading> ports, double seconds)
    {
        (var now, _spare) = (_spare, _before);
        now.Clear();
        _flows.Clear();
        var total = default(RoomFlow);
        foreach (var port in ports)
        {
            now[port.Port] = port;
            var flow = seconds > 0 ? RoomFlow.Between(_before.GetValueOrDefault(port.Port), port, seconds) : default;
            _flows[port.Room] = _flows.GetValueOrDefault(port.Room) + flow;
            total += flow;
        }

        (_before, Total) = (now, total);
    }
}

/// <summary>A second's worth of a room, or of several.</summary>
/// <param name="BitsIn">Of UDP payload, from its members.</param>
/// <param name="BitsOut">To its members.</param>
/// <param name="Drops">Datagrams that went no further.</param>
/// <param name="PacketsExpected">RTP packets that came, and those that never did.</param>
/// <param name="PacketsLost">Those that never did; late ones make up for it the second after.</param>
public readonly record struct RoomFlow(double BitsIn, double BitsOut, double Drops, double PacketsExpected, double PacketsLost)
{
    public static RoomFlow Between(in PortReading before, in PortReading now, double seconds)
    {
        // Lost may shrink: a packet that was only late has come. And all of it may: a new source has taken an old one's place.
        double lost = Math.Max(0, now.RtpLost - before.RtpLost) / seconds;
        double came = Math.Max(0, now.RtpPackets - before.RtpPackets) / seconds;
        return new RoomFlow(
            (now.BytesIn - before.BytesIn) * 8 / seconds, (now.BytesOut - before.BytesOut) * 8 / seconds,
            (now.Dropped - before.Dropped) / seconds, came + lost, lost);
    }

    public static RoomFlow operator +(RoomFlow left, RoomFlow right) => new(
        left.BitsIn + right.BitsIn, left.BitsOut + right.BitsOut, left.Drops + right.Drops,
        left.PacketsExpected + right.PacketsExpected, left.PacketsLost + right.PacketsLost);

    public static RoomFlow Add(RoomFlow left, RoomFlow right) => left + right;
}
