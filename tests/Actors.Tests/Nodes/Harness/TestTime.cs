namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>The clock of one node: real time, and what the test has let pass at once on top of it.</summary>
public sealed class TestTime : TimeProvider
{
    private static readonly long _began = System.GetTimestamp();

    private long _skipped;

    /// <summary>Time has been let pass.</summary>
    public event Action? Skipped;

    public TimeSpan Elapsed => System.GetElapsedTime(_began) + TimeSpan.FromTicks(Interlocked.Read(ref _skipped));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + TimeSpan.FromTicks(Interlocked.Read(ref _skipped));

    public void Skip(TimeSpan time)
    {
        Interlocked.Add(ref _skipped, time.Ticks);
        Skipped?.Invoke();
    }
}
