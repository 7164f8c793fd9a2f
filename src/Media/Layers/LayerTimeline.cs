using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>How timestamps go on when a picture changes from one of its layers to another: every layer's clock begins somewhere else.</summary>
internal static class LayerTimeline
{
    private const double TicksPerMicrosecond = Clock.VideoRate / (double)Clock.Second;

    /// <summary>What to add to the new layer's timestamps.</summary>
    /// <param name="from">The layer so far.</param>
    /// <param name="to">The layer from now on.</param>
    /// <param name="timestamp">The new layer's, of its first frame.</param>
    /// <param name="lastSent">The last frame's, as the receiver knows it.</param>
    /// <param name="lastSentAt">When that was.</param>
    /// <param name="offset">What was added so far.</param>
    /// <param name="now">When the new frame came.</param>
    public static uint Offset(SourceStream from, SourceStream to, uint timestamp, uint lastSent, long lastSentAt, uint offset, long now)
    {
        // At least one tick: two frames are never one.
        double elapsed = Math.Clamp(now - lastSentAt, 1000, 10 * Clock.Second) * TicksPerMicrosecond;
        if (from.Report is { } last && to.Report is { } next)
        {
            // Both clocks on the sender's wall clock: the old layer's time of the new layer's frame.
            double seconds = (long)(next.Ntp - last.Ntp) / 4294967296.0;
            double atOld = (int)(timestamp - next.Timestamp) + (seconds * Clock.VideoRate);
            double reported = (int)(uint)(long)(last.Timestamp + atOld + offset - lastSent);
            if (reported >= 1 && Math.Abs(reported - elapsed) < Clock.VideoRate)
                elapsed = reported;
        }

        return lastSent + (uint)elapsed - timestamp;
    }

    /// <summary>A source's timestamp at a moment, by its last report; for the report a receiver gets after a change of layers.</summary>
    public static SenderReport At(SenderReport report, long now)
    {
        long elapsed = now - report.At;
        return new SenderReport(
            report.Ntp + (ulong)(elapsed / (double)Clock.Second * 4294967296.0),
            report.Timestamp + (uint)(long)(elapsed * TicksPerMicrosecond),
            now);
    }
}
