using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;
using Conference.Protocol.Rtp;

namespace Conference.Client.Tests.Media;

/// <summary>What keeps the tracks of a file in step.</summary>
public sealed class TrackTimelineTests
{
    private const double Units = 1UL << 32;

    [Fact]
    public void Tracks_begin_together_by_their_senders_clock_whenever_they_came()
    {
        // Captured at the same time; the picture took 0.2 s longer to encode.
        var common = TrackStart.Common([new TrackStart(9000, 90_000, 10.2, 1000), new TrackStart(4800, 48_000, 10.0, 1000)]);
        Assert.Equal([(9000, 1000), (4800, 1000)], common);
        // The sound began 0.5 s before it.
        common = TrackStart.Common([new TrackStart(90_000, 90_000, 10.7, 1000.5), new TrackStart(4800, 48_000, 10.0, 1000)]);
        Assert.Equal([(45_000, 1000), (4800, 1000)], common);
    }

    [Fact]
    public void Where_one_has_no_report_they_begin_as_they_came()
    {
        var common = TrackStart.Common([new TrackStart(90_000, 90_000, 10.5, 1000), new TrackStart(4800, 48_000, 10.0, null)]);
        Assert.Equal([(45_000, null), (4800, null)], common);
    }

    [Fact]
    public void A_report_that_cannot_be_is_not_believed()
    {
        var common = TrackStart.Common([new TrackStart(90_000, 90_000, 10.5, 1000), new TrackStart(4800, 48_000, 10.0, 5000)]);
        Assert.Equal([(45_000, null), (4800, null)], common);
    }

    [Fact]
    public void The_files_zero_may_lie_before_a_timestamp_of_zero()
    {
        var common = TrackStart.Common([new TrackStart(10, 90_000, 1, null), new TrackStart(0, 48_000, 0, null)]);
        Assert.Equal(unchecked(10u - 90_000u), common[0].Timestamp);
    }

    [Fact]
    public void Each_minute_says_again_where_it_is_over_every_wrap_of_the_timestamps()
    {
        const int clock = 90_000;
        var timeline = new TrackTimeline(7, clock, uint.MaxValue - 10, null);
        byte[] report = new byte[SenderInfo.ReportLength];
        Assert.Equal(report.Length, timeline.WriteFirst(report));
        Assert.Equal([0x80, RtcpType.SenderReport, 0, 6, 0, 0, 0, 7], report[..8]);
        var zero = SenderInfo.Read(report);
        Assert.Equal(uint.MaxValue - 10, zero.Timestamp);

        int reports = 0;
        for (long second = 1; second <= 14 * 3600; second++)
        {
            uint timestamp = (uint)(uint.MaxValue - 10 + (second * clock));
            if (timeline.WriteDue(timestamp, null, report) == 0)
                continue;
            reports++;
            var at = SenderInfo.Read(report);
            Assert.Equal(timestamp, at.Timestamp);
            Assert.Equal(second, (at.Ntp - zero.Ntp) / Units, 6);
        }

        Assert.Equal(14 * 60, reports);
    }

    [Fact]
    public void A_clock_that_drifts_is_followed_and_one_that_is_set_is_not()
    {
        const int clock = 48_000;
        var timeline = new TrackTimeline(7, clock, 0, 5000);
        byte[] report = new byte[SenderInfo.ReportLength];
        timeline.WriteFirst(report);
        ulong zero = SenderInfo.Read(report).Ntp;

        double At(double seconds, double byItsSender)
        {
            uint timestamp = (uint)(seconds * clock);
            Assert.NotEqual(0, timeline.WriteDue(timestamp, new SenderTime(byItsSender, timestamp), report));
            return (SenderInfo.Read(report).Ntp - zero) / Units;
        }

        Assert.Equal(60.006, At(60, 5060.006), 6);
        Assert.Equal(120.012, At(120, 5120.012), 6);
        Assert.Equal(180.012, At(180, 9999), 6);
    }
}
