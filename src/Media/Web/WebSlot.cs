using Conference.Media.Streams;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>
/// One m-line on which a browser is sent somebody: an SSRC that its answer has fixed, and whoever sits there now. To the browser it is one stream
/// that never ends: who sits down goes on where the last one stopped, in number and in time.
/// </summary>
/// <param name="isVideo">A picture, else sound.</param>
/// <param name="ssrc">What the browser knows it by.</param>
/// <param name="rtxSsrc">What is sent again comes under this one.</param>
internal sealed class WebSlot(bool isVideo, uint ssrc, uint rtxSsrc)
{
    /// <summary>RTP ticks a second of Opus (RFC 7587).</summary>
    public const int AudioRate = 48_000;

    // RFC 3550 appendix A.1. A source that goes back further has begun anew; SRTP would not take so old a number.
    private const int MaxMisorder = 1000;
    private const int MaxDropout = 3000;

    // The rollover counter is a guess: numbers begin where reordering at the start leaves no doubt.
    private const ushort FirstNumber = 1;

    private const long Empty = -1;

    // Who sits here, in one word: another loop reads it.
    private long _seat = Empty;
    private ushort _numberOffset;
    private uint _timestampOffset;

    // Numbers the browser has seen, without end: of who sits here, and of all.
    private long _first = FirstNumber;
    private long _highest = FirstNumber - 1;
    private uint _timestamp;
    private long _shownAt = -1;
    private bool _isSeated;
    private int _expectedAfterJump = -1;

    public bool IsVideo => isVideo;

    public uint Ssrc => ssrc;

    public RtxWriter Rtx { get; } = new(rtxSsrc);

    public uint RtxSsrc => rtxSsrc;

    /// <summary>The room's SSRC of who sits here; null for nobody. From any thread.</summary>
    public uint? Source => Volatile.Read(ref _seat) is not Empty and long seat ? (uint)seat : null;

    /// <summary>Which of the browser's ports it comes to; -1 for nobody. From any thread.</summary>
    public int Channel => (int)(Volatile.Read(ref _seat) >> 32);

    /// <summary>When something was last shown here; below zero where nothing was.</summary>
    public long ShownAt => _shownAt;

    /// <summary>What to add to who sits here's timestamps; null while nothing of theirs was shown.</summary>
    public uint? TimestampOffset => _isSeated ? _timestampOffset : null;

    /// <summary>Somebody sits down; who sat here gets up. Their first packet goes on where the last one's stopped.</summary>
    /// <param name="source">The room's SSRC.</param>
    /// <param name="channel">Of the port it comes to: rooms number the sources of each service by themselves.</param>
    public void Seat(uint source, int channel = 0)
    {
        long seat = ((long)channel << 32) | source;
        if (_seat == seat)
            return;
        Clear();
        Volatile.Write(ref _seat, seat);
    }

    public void Clear()
    {
        Volatile.Write(ref _seat, Empty);
        (_isSeated, _expectedAfterJump) = (false, -1);
    }

    /// <summary>How the browser is to see a packet of who sits here.</summary>
    /// <param name="rtp">As the room has it.</param>
    /// <param name="payloadType">The browser's.</param>
    /// <returns>False for a packet that has no place: one of before they sat down, or of long ago.</returns>
    public bool TryShow(in RtpPacket rtp, byte payloadType, long now, out RtpPacket shown)
    {
        shown = default;
        if (!_isSeated)
            Begin(rtp, now);
        else if (Extend(Shown(rtp.Sequence)) - _highest is < -MaxMisorder or > MaxDropout && !HasBegunAnew(rtp, now))
            return false;
        _expectedAfterJump = -1;
        long number = Extend(Shown(rtp.Sequence));
        if (number < _first)
            return false;
        uint timestamp = rtp.Timestamp + _timestampOffset;
        if (number > _highest)
            (_highest, _timestamp, _shownAt) = (number, timestamp, now);
        shown = new RtpPacket(payloadType, rtp.Marker, (ushort)number, timestamp, ssrc);
        return true;
    }

    /// <summary>The room's number of what the browser names; false for one of who sat here before.</summary>
    public bool TryHide(ushort shown, out ushort sequence)
    {
        sequence = (ushort)(shown - _numberOffset);
        long number = Extend(shown);
        return _isSeated && number >= _first && number <= _highest;
    }

    private long Extend(ushort number) => _highest + (short)(number - (ushort)_highest);

    private ushort Shown(ushort sequence) => (ushort)(sequence + _numberOffset);

    // The second in a row of what seems to be far away: the source has begun anew.
    private bool HasBegunAnew(in RtpPacket rtp, long now)
    {
        bool isSecond = rtp.Sequence == _expectedAfterJump;
        _expectedAfterJump = (ushort)(rtp.Sequence + 1);
        if (isSecond)
            Begin(rtp, now);
        return isSecond;
    }

    private void Begin(in RtpPacket rtp, long now)
    {
        _first = _highest + 1;
        _numberOffset = (ushort)(_first - rtp.Sequence);
        // The first of all keeps its time.
        _timestampOffset = _shownAt < 0 ? 0 : _timestamp + Elapsed(now) - rtp.Timestamp;
        _isSeated = true;
        _expectedAfterJump = -1;
    }

    // At least one tick: two frames are never one.
    private uint Elapsed(long now) =>
        (uint)Math.Max(1, Math.Clamp(now - _shownAt, 0, 10 * Clock.Second) * (isVideo ? Clock.VideoRate : AudioRate) / Clock.Second);
}
