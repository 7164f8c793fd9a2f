using Conference.Client.Media.Rtp;
using Conference.Protocol.Rtp;

namespace Conference.Client.Media.Recording;

/// <summary>
/// Tells the reader of a track, by sender reports of its own, where its packets lie in the file: at the beginning, and every minute of media, since the reader counts
/// from the last report in 31 bits. Where the sender reports too, its clocks may drift apart and stay in step here.
/// </summary>
/// <param name="ssrc">Of the track.</param>
/// <param name="clockRate">RTP timestamp units per second.</param>
/// <param name="start">The RTP timestamp of the file's zero.</param>
/// <param name="sentAtStart">The sender's clock then, seconds; null where it is not known.</param>
internal sealed class TrackTimeline(uint ssrc, int clockRate, uint start, double? sentAtStart)
{
    private const double ReportEvery = 60;

    /// <summary>More than that in a minute is no drift: the sender has set its clock, seconds.</summary>
    private const double MostDrift = 0.2;

    /// <summary>Any moment; all tracks of a file have the same.</summary>
    private const ulong Zero = 1UL << 63;

    private long _elapsed;
    private uint _last = start;
    private double _drift;
    private double _reported;

    /// <summary>The report to begin with, ahead of all packets: zero is there.</summary>
    /// <param name="report">Takes <see cref="SenderInfo.ReportLength"/> bytes.</param>
    /// <returns>Its length.</returns>
    public int WriteFirst(Span<byte> report) => Write(report, 0, _last);

    /// <param name="timestamp">Of the packet that goes next.</param>
    /// <param name="known">What the sender said last; null where it does not.</param>
    /// <param name="report">Takes <see cref="SenderInfo.ReportLength"/> bytes.</param>
    /// <returns>Its length; 0 where none is due before that packet.</returns>
    public int WriteDue(uint timestamp, SenderTime? known, Span<byte> report)
    {
        _elapsed += (int)(timestamp - _last);
        _last = timestamp;
        double seconds = (double)_elapsed / clockRate;
        if (seconds - _reported < ReportEvery)
            return 0;
        _reported = seconds;
        if (known is not null && sentAtStart is { } zero && known.At(timestamp, clockRate) - zero - seconds is var drift && Math.Abs(drift - _drift) < MostDrift)
            _drift = drift;
        return Write(report, seconds + _drift, timestamp);
    }

    private int Write(Span<byte> report, double seconds, uint timestamp)
    {
        int length = RtcpWriter.WriteHeader(report, 0, RtcpType.SenderReport, SenderInfo.ReportLength, ssrc);
        new SenderInfo(Zero + (ulong)(long)(seconds * (1UL << 32)), timestamp, 0, 0).Write(report);
        return length;
    }
}
