using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace Conference.Node.Akka;

/// <summary>
/// Asks the same actor of every other member, again and again, whether it is there, and so knows since when a majority has not been heard. Any actor answers
/// such a question, by Akka itself. What it knows of the members it has from the events that the split brain resolver has too.
/// </summary>
internal sealed class PulseActor : ReceiveActor, IWithTimers
{
    public const string Name = "pulse";

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<UniqueAddress, long> _heard = [];
    private readonly HashSet<UniqueAddress> _voters = [];
    private readonly HashSet<UniqueAddress> _unreachable = [];
    private readonly TimeProvider _clock = BootClock.Instance;
    private readonly ActingGuard _guard;
    private readonly VoteBoard _votes;
    private readonly TimeSpan _interval;
    private readonly ILogger _log;
    private ImmutableHashSet<UniqueAddress> _down = [];
    private bool _hasActed;
    private bool _isActing;

    public PulseActor(ActingGuard guard, VoteBoard votes, TimeSpan interval, ILogger log)
    {
        (_guard, _votes, _interval, _log) = (guard, votes, interval, log);
        Receive<Tick>(_ => OnTick());
        Receive<ActorIdentity>(OnAnswer);
        Receive<ClusterEvent.MemberRemoved>(e => OnMember(e.Member, isDown: e.PreviousStatus == MemberStatus.Down));
        Receive<ClusterEvent.MemberStatusChange>(e => OnMember(e.Member, isDown: e.Member.Status == MemberStatus.Down));
        Receive<ClusterEvent.IReachabilityEvent>(OnReachability);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ActingGuard guard, VoteBoard votes, TimeSpan interval, ILogger log) =>
        global::Akka.Actor.Props.Create(() => new PulseActor(guard, votes, interval, log));

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, _interval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnTick()
    {
        long now = _clock.GetTimestamp();
        foreach (var other in _voters.Where(v => v != _cluster.SelfUniqueAddress))
            Context.ActorSelection(new RootActorPath(other.Address) / "user" / Name).Tell(new Identify(now), Self);
        Judge();
        if (_guard.MayAct == _isActing)
            return;
        _isActing = !_isActing;
        if (_isActing && _hasActed)
            ClusterLog.ActingAgain(_log);
        else if (!_isActing)
            ClusterLog.NotActing(_log, _guard.Limit.TotalSeconds);
        _hasActed = true;
    }

    private void OnAnswer(ActorIdentity answer)
    {
        if (answer.MessageId is not long asked || answer.Subject is not { } subject)
            return;
        foreach (var voter in _voters.Where(v => v.Address == subject.Path.Address))
            _heard[voter] = Math.Max(asked, _heard.GetValueOrDefault(voter));
        Judge();
    }

    private void OnMember(Member member, bool isDown)
    {
        if (isDown)
            _down = _down.Add(member.UniqueAddress);
        if (member.Status is MemberStatus.Up or MemberStatus.Leaving)
            _voters.Add(member.UniqueAddress);
        else
            _voters.Remove(member.UniqueAddress);
        if (member.Status == MemberStatus.Removed)
        {
            _heard.Remove(member.UniqueAddress);
            _unreachable.Remove(member.UniqueAddress);
        }

        Judge();
    }

    private void OnReachability(ClusterEvent.IReachabilityEvent change)
    {
        switch (change)
        {
            case ClusterEvent.UnreachableMember gone:
                _unreachable.Add(gone.Member.UniqueAddress);
                break;
            case ClusterEvent.ReachableMember back:
                _unreachable.Remove(back.Member.UniqueAddress);
                break;
        }

        Judge();
    }

    private void Judge()
    {
        var votes = new ClusterVotes(
            _cluster.SelfUniqueAddress, [.. _voters.Select(v => new Vote(v, _unreachable.Contains(v), _heard.GetValueOrDefault(v)))], _down);
        _votes.Current = votes;
        if (votes.MajorityHeard(_clock.GetTimestamp()) is { } asked)
            _guard.Heard(asked);
    }

    private sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
