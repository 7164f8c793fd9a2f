using Akka.Actor;

namespace Conference.Actors.Tests.Support;

/// <summary>The clock of an actor system that runs by <see cref="VirtualScheduler"/>, for whoever wants a <see cref="TimeProvider"/>.</summary>
public sealed class VirtualTime : TimeProvider
{
    private IScheduler? _scheduler;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    private IScheduler Scheduler => _scheduler ?? throw new InvalidOperationException("no system yet");

    public void Follow(ActorSystem system) => _scheduler = system.Scheduler;

    public override long GetTimestamp() => Scheduler.MonotonicClock.Ticks;

    public override DateTimeOffset GetUtcNow() => Scheduler.Now;
}
