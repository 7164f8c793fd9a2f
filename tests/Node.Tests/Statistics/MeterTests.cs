using Conference.Media;
using Conference.Node.Statistics;
using Conference.Node.Tests.Support;

namespace Conference.Node.Tests.Statistics;

public sealed class MeterTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void A_counter_becomes_what_was_added_a_second_and_one_that_began_anew_says_nothing()
    {
        var meter = new RateMeter(_time);
        meter.Advance();
        Assert.Equal(0, meter.PerSecond("a", 100));
        _time.Advance(TimeSpan.FromSeconds(2));
        meter.Advance();
        Assert.Equal(25, meter.PerSecond("a", 150));
        Assert.Equal(0, meter.PerSecond("b", 7));
        _time.Advance(TimeSpan.FromSeconds(1));
        meter.Advance();
        Assert.Equal(0, meter.PerSecond("a", 3));
    }

    [Fact]
    public void Percentiles_are_of_the_last_readings_only()
    {
        var window = new DelayWindow(readings: 2);
        Assert.Null(window.Percentile(0.5));
        window.Add(Histogram(1000));
        Assert.Null(window.Percentile(0.5));
        window.Add(Histogram(1100));
        Assert.Equal(25e-6, window.Percentile(0.5)!.Value, 9);
        Assert.Equal(49.5e-6, window.Percentile(0.99)!.Value, 9);
        window.Add(Histogram(1100, 0, 0, 98));
        window.Add(Histogram(1100, 0, 0, 98, 0, 0, 0, 0, 0, 2));
        // 98 of 100 between 200 and 500 us, two beyond the last bound, which is where they are said to be.
        Assert.Equal(20e-3, window.Percentile(0.99)!.Value, 9);
        Assert.InRange(window.Percentile(0.5)!.Value, 200e-6, 500e-6);
    }

    [Fact]
    public void A_room_flows_by_its_ports_and_does_not_shrink_when_one_of_them_has_gone()
    {
        var meter = new RoomMeter();
        RoomId room = new("standup"), other = new("other");
        meter.Read([Port(1, room, 1000, 5000), Port(2, room, 1000, 1000), Port(3, other, 0, 0)], 1);
        meter.Read([Port(1, room, 3000, 9000, lost: 10), Port(3, other, 500, 0)], 2);

        Assert.Equal(new RoomFlow(BitsIn: 8000, BitsOut: 16000, Drops: 0, PacketsExpected: 5, PacketsLost: 5), meter.Flows[room]);
        Assert.Equal(2000, meter.Flows[other].BitsIn);
        Assert.Equal(10_000, meter.Total.BitsIn);
        meter.Read([], 1);
        Assert.Empty(meter.Flows);
    }

    [Fact]
    public void A_packet_that_was_only_late_makes_no_negative_loss()
    {
        var before = Port(1, new RoomId("a"), 0, 0, lost: 10);
        Assert.Equal(0, RoomFlow.Between(before, before with { RtpLost = 4, RtpPackets = 100 }, 1).PacketsLost);
    }

    private static PortReading Port(long port, RoomId room, long bytesIn, long bytesOut, long lost = 0) =>
        new(new PortId(port), room, 0, bytesIn, 0, bytesOut, 0, 0, lost);

    private static DelayHistogram Histogram(params long[] counts) =>
        new([.. counts, .. Enumerable.Repeat(0L, DelayHistogram.Bounds.Length + 1 - counts.Length)], 0);
}
