using Conference.Protocol.Rtp;

namespace Conference.Client.Media.Rtp;

/// <summary>
/// What one source's packets tell: loss by RFC 3550 A.3 (expected by sequence number, less received), jitter by A.8, and, which the RFC
/// leaves out, duplicates and reordering. Time comes in. Not thread-safe.
/// </summary>
/// <param name="clockRate">RTP timestamp units per second.</param>
public sealed class RtpStatistics(int clockRate)
{
    /// <summary>A jump of more than this (RFC 3550 MAX_DROPOUT) is a restart of the sender, not loss.</summary>
    private const int MaxDropout = 3000;

    /// <summary>What <see cref="RecentLossShare"/> looks back on.</summary>
    private const int RecentSeconds = 5;

    private SequenceWindow _window;
    private long _baseSequence = -1;
    private long _lostBefore;
    private long _receivedSinceBase;
    private long _expectedAtReport;
    private long _receivedAtReport;
    private uint _lastTimestamp;
    private double _lastArrival;
    private uint? _resyncTo;
    private readonly Queue<(long Expected, long Received)> _seconds = new(RecentSeconds + 2);

    public long Packets { get; private set; }

    public long Bytes { get; private set; }

    public long Duplicates { get; private set; }

    public long Reordered { get; private set; }

    /// <summary>Packets with the marker: of video, the frames.</summary>
    public long Marked { get; private set; }

    /// <summary>RTP timestamp units.</summary>
    public double Jitter { get; private set; }

    public double JitterMilliseconds => Jitter * 1000 / clockRate;

    /// <summary>The highest sequence number with its wraps counted above 16 bits.</summary>
    public uint ExtendedHighest => _baseSequence < 0 ? 0 : (uint)(_window.Next - 1 - 0x10000);

    public long Expected => _baseSequence < 0 ? 0 : _window.Next - _baseSequence;

    /// <summary>Never below 0; duplicates do not make up for losses.</summary>
    public long Lost => _lostBefore + Math.Max(0, Expected - _receivedSinceBase);

    public double LostShare => Lost == 0 ? 0 : (double)Lost / (Lost + Packets - Duplicates);

    /// <summary>Of the last five seconds: what went wrong long ago is no trouble now.</summary>
    public double RecentLossShare
    {
        get
        {
            var (expected, received) = _seconds.TryPeek(out var before) ? before : default;
            expected = Expected - expected;
            return expected <= 0 ? 0 : Math.Clamp((double)(expected - (_receivedSinceBase - received)) / expected, 0, 1);
        }
    }

    /// <summary>A second is over.</summary>
    public void Tick()
    {
        _seconds.Enqueue((Expected, _receivedSinceBase));
        if (_seconds.Count > RecentSeconds + 1)
            _seconds.Dequeue();
    }

    /// <param name="length">The whole datagram's.</param>
    /// <param name="arrival">Seconds on any monotonic clock.</param>
    public void Add(in RtpPacket packet, int length, double arrival)
    {
        if (IsFarOff(packet.Sequence))
            return;
        Packets++;
        Bytes += length;
        switch (_window.Add(Unwrap(packet.Sequence)))
        {
            case Arrival.Duplicate:
                Duplicates++;
                return;
            case Arrival.Late or Arrival.Stale:
                Reordered++;
                break;
        }

        _receivedSinceBase++;
        Marked += packet.Marker ? 1 : 0;
        AddJitter(packet.Timestamp, arrival);
    }

    /// <summary>The loss share since the last call as RFC 3550's 8-bit fixed point, for a receiver report.</summary>
    public byte TakeFractionLost()
    {
        long expected = Expected - _expectedAtReport, received = _receivedSinceBase - _receivedAtReport;
        (_expectedAtReport, _receivedAtReport) = (Expected, _receivedSinceBase);
        long lost = expected - received;
        return expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min(255, (lost << 8) / expected);
    }

    /// <summary>RFC 3550 A.1: one packet far from the others is dropped; two in a row that fit each other start anew.</summary>
    private bool IsFarOff(ushort sequence)
    {
        if (_baseSequence < 0)
        {
            Restart(sequence);
            return false;
        }

        int distance = Math.Abs((short)(sequence - (ushort)(_window.Next - 1)));
        if (distance <= MaxDropout)
        {
            _resyncTo = null;
            return false;
        }

        if (_resyncTo == sequence)
        {
            _lostBefore = Lost;
            Restart(sequence);
            return false;
        }

        _resyncTo = (ushort)(sequence + 1);
        return true;
    }

    private void Restart(ushort sequence)
    {
        _window = default;
        // One wrap ahead, so that a packet from just before the first one stays above zero.
        _baseSequence = 0x10000L + sequence;
        (_receivedSinceBase, _expectedAtReport, _receivedAtReport, _resyncTo) = (0, 0, 0, null);
        _seconds.Clear();
        _seconds.Enqueue((0, 0));
        _lastTimestamp = 0;
        _lastArrival = double.NaN;
    }

    private long Unwrap(ushort sequence)
    {
        long near = _window.Next == 0 ? _baseSequence : _window.Next - 1;
        return near + (short)(sequence - (ushort)near);
    }

    // A.8: J += (|D| - J) / 16, D the change of (arrival - timestamp)
    private void AddJitter(uint timestamp, double arrival)
    {
        if (!double.IsNaN(_lastArrival))
        {
            double difference = ((arrival - _lastArrival) * clockRate) - (int)(timestamp - _lastTimestamp);
            Jitter += (Math.Abs(difference) - Jitter) / 16;
        }

        (_lastTimestamp, _lastArrival) = (timestamp, arrival);
    }
}
