namespace Conference.Node.Tests.Akka.Support;

/// <summary>Stands still until it is moved. Counts in ticks of 100 ns.</summary>
internal sealed class TestClock : TimeProvider
{
    private long _now = 1_000_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Advance(TimeSpan time) => _now += time.Ticks;
}
