using Conference.Actors.Cluster;

namespace Conference.Node.Akka;

/// <summary>
/// Says how long this node may go on acting for the users and rooms it thinks are its own. Stamped by <see cref="PulseActor"/> with the time of the
/// questions that a majority has answered: a node that was frozen, or cut off, never looks fresher than it is. Reads one clock and one field.
/// </summary>
public sealed class ActingGuard : IActingGuard
{
    private readonly TimeProvider _clock;
    private readonly long _limit;
    private long _until = long.MinValue;
    private bool _isOver;

    public ActingGuard(ClusterTimings timings)
        : this(timings, BootClock.Instance)
    {
    }

    internal ActingGuard(ClusterTimings timings, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(timings);
        (_clock, Limit) = (clock, timings.ActingLimit);
        _limit = (long)(Limit.TotalSeconds * clock.TimestampFrequency);
    }

    /// <summary>How long a majority may be silent.</summary>
    public TimeSpan Limit { get; }

    public bool MayAct => _clock.GetTimestamp() <= Volatile.Read(ref _until) && !Volatile.Read(ref _isOver);

    /// <summary>This node has not joined yet, so nothing is its own that another could have by now.</summary>
    internal void Begin() => Heard(_clock.GetTimestamp());

    /// <summary>A majority has answered what it was asked at that time, or later.</summary>
    internal void Heard(long asked)
    {
        long until = asked + _limit;
        long before;
        while (until > (before = Volatile.Read(ref _until)) && Interlocked.CompareExchange(ref _until, until, before) != before)
        {
        }
    }

    /// <summary>Never again: this node was put out.</summary>
    internal void End() => Volatile.Write(ref _isOver, true);
}
