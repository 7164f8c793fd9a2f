using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;

namespace Conference.Node.Akka;

/// <summary>
/// Puts a member out as soon as its death is proven (<see cref="DeathWitness"/>), several times in a row. A broken connection, or what Akka's failure
/// detector says, makes a suspect; everything short of proof is left to the split brain resolver. It also writes down who was put out, by whomever, so that
/// a node that wakes up finds out.
/// </summary>
internal sealed class ProvenDeath : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _departAgain = TimeSpan.FromSeconds(1);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<UniqueAddress, Suspect> _suspects = [];
    private readonly ProvenDeathOptions _options;
    private readonly DeathWitness _witness;
    private readonly TimeProvider _clock = BootClock.Instance;

    public ProvenDeath(ProvenDeathOptions options)
    {
        _options = options;
        _witness = new DeathWitness(options.Database, options.Identity, _cluster.SelfUniqueAddress);
        Receive<DisassociatedEvent>(e => Suspect(e.RemoteAddress));
        Receive<AssociationErrorEvent>(e => Suspect(e.RemoteAddress));
        Receive<ClusterEvent.UnreachableMember>(e => Suspect(e.Member.Address));
        Receive<ClusterEvent.MemberRemoved>(OnRemoved);
        Receive<Look>(look => Watch(look.Node));
        Receive<Seen>(OnSeen);
        Receive<Depart>(depart => Write(depart.Incarnation, depart.Tries));
        Receive<Written>(OnWritten);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ProvenDeathOptions options) => global::Akka.Actor.Props.Create(() => new ProvenDeath(options));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.MemberRemoved));
        // What is slow the first time is taken for a slow database: not when it counts.
        _ = _witness.WarmUpAsync();
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    /// <summary>Members that could be put out.</summary>
    private Member? Find(Func<Member, bool> isMeant) => _cluster.State.Members.FirstOrDefault(
        m => m.UniqueAddress != _cluster.SelfUniqueAddress && m.Status is not (MemberStatus.Exiting or MemberStatus.Down or MemberStatus.Removed) && isMeant(m));

    private void Suspect(Address address)
    {
        if (Find(m => m.Address == address) is { } member && _suspects.TryAdd(member.UniqueAddress, new Suspect(_clock.GetTimestamp())))
            Watch(member.UniqueAddress);
    }

    private void Watch(UniqueAddress node)
    {
        if (Find(m => m.UniqueAddress == node) is null)
            _suspects.Remove(node);
        else
            _witness.LookAsync(node).PipeTo(Self, success: sighting => new Seen(node, sighting));
    }

    private void OnSeen(Seen seen)
    {
        if (!_suspects.TryGetValue(seen.Node, out var suspect))
            return;
        long now = _clock.GetTimestamp();
        suspect = suspect.See(seen.Sighting, now);
        _suspects[seen.Node] = suspect;
        if (Find(m => m.UniqueAddress == seen.Node) is null)
        {
            _suspects.Remove(seen.Node);
        }
        else if (suspect.IsProven(_clock, now))
        {
            _suspects.Remove(seen.Node);
            ClusterLog.ProvenDead(_options.Log, seen.Node.Address.HostPort(), seen.Sighting.Why);
            _options.OnProven();
            ProvenDeathFailureDetector.Declare(Context.System, seen.Node.Address);
            _cluster.Down(seen.Node.Address);
        }
        else if (_clock.GetElapsedTime(suspect.Since, now) > Akka.Suspect.Memory && suspect.Proofs == 0
            && _cluster.State.Unreachable.All(m => m.UniqueAddress != seen.Node))
        {
            _suspects.Remove(seen.Node);
        }
        else
        {
            Timers.StartSingleTimer(seen.Node, new Look(seen.Node), suspect.Pause(_clock, now));
        }
    }

    private void OnRemoved(ClusterEvent.MemberRemoved removed)
    {
        _suspects.Remove(removed.Member.UniqueAddress);
        if (removed.PreviousStatus == MemberStatus.Down && removed.Member.UniqueAddress != _cluster.SelfUniqueAddress)
            Write(NodeIncarnation.Of(removed.Member.UniqueAddress), tries: 0);
    }

    private void Write(NodeIncarnation incarnation, int tries) => _options.Database.DepartAsync(_options.Identity, incarnation).PipeTo(
        Self, success: () => new Written(incarnation, tries, null), failure: e => new Written(incarnation, tries, e));

    private void OnWritten(Written written)
    {
        if (written.Failure is not { } failure)
            return;
        if (written.Tries == 0)
            ClusterLog.NotDeparted(_options.Log, written.Incarnation.Value, failure.Message);
        Timers.StartSingleTimer(written.Incarnation, new Depart(written.Incarnation, written.Tries + 1), _departAgain);
    }

    private sealed record Look(UniqueAddress Node) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Seen(UniqueAddress Node, Sighting Sighting) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Depart(NodeIncarnation Incarnation, int Tries) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Written(NodeIncarnation Incarnation, int Tries, Exception? Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}

/// <param name="Database">Where locks are looked for.</param>
/// <param name="Identity">Whose keys they have.</param>
/// <param name="OnProven">Counted.</param>
/// <param name="Log">Where it is said.</param>
internal sealed record ProvenDeathOptions(ClusterDatabase Database, ClusterIdentity Identity, Action OnProven, ILogger Log);
