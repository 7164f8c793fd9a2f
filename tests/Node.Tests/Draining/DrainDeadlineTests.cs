using Conference.Node.Draining;

namespace Conference.Node.Tests.Draining;

public sealed class DrainDeadlineTests
{
    private readonly SetClock _time = new();

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_drain_takes_as_long_as_was_said_whatever_is_done_to_the_clock(int hours)
    {
        var deadline = new DrainDeadline(_time, TimeSpan.FromSeconds(60));
        _time.Day += TimeSpan.FromHours(hours);
        _time.Steady += TimeSpan.FromSeconds(59);
        Assert.False(deadline.IsOver);
        _time.Steady += TimeSpan.FromSeconds(1);
        Assert.True(deadline.IsOver);
        deadline.EndWithin(TimeSpan.FromSeconds(10));
        Assert.False(deadline.IsOver);
        Assert.Equal(_time.Day.AddSeconds(10), deadline.At);
        _time.Steady += TimeSpan.FromSeconds(10);
        Assert.True(deadline.IsOver);
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Steady { get; set; }

        public DateTimeOffset Day { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Steady.Ticks;

        public override DateTimeOffset GetUtcNow() => Day;
    }
}
