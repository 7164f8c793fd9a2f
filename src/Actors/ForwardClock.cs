using Akka.Actor;

namespace Conference.Actors;

/// <summary>
/// The time of day that is written down on this node: it never goes back. Where somebody sets the machine's clock back, it goes on at half its pace until
/// that has caught up, so that what happens later is written down as later. Safe from any thread.
/// </summary>
public sealed class ForwardClock : IExtension
{
    private readonly IScheduler _scheduler;
    private readonly Lock _gate = new();
    private DateTimeOffset _told = DateTimeOffset.MinValue;
    private TimeSpan _toldAt;

    private ForwardClock(IScheduler scheduler) => _scheduler = scheduler;

    public DateTimeOffset Now
    {
        get
        {
            lock (_gate)
            {
                var (machine, steady) = (_scheduler.Now, _scheduler.MonotonicClock);
                _told = machine >= _told ? machine : _told + (steady - _toldAt) / 2;
                _toldAt = steady;
                return _told;
            }
        }
    }

    public static ForwardClock Of(ActorSystem system) => system.WithExtension<ForwardClock, Provider>();

    private sealed class Provider : ExtensionIdProvider<ForwardClock>
    {
        public override ForwardClock CreateExtension(ExtendedActorSystem system) => new(system.Scheduler);
    }
}
