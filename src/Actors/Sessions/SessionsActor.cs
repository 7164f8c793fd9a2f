using Akka.Actor;
using Akka.Cluster;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>
/// The parent of this node's sessions: lets clients in up to the node's limit and while it is open, and shows them the way to another node while
/// this one drains.
/// </summary>
public sealed class SessionsActor : ReceiveActor, IWithTimers
{
    /// <summary>Guests that one life of a node may number before it would take another life's numbers: at 1,000 a second, 11 days' worth.</summary>
    private const long GuestsPerIncarnation = 1_000_000_000;

    /// <summary>While it drains, nodes that sessions were sent to may go too.</summary>
    private static readonly TimeSpan _lookForNodesEvery = TimeSpan.FromSeconds(1);

    private readonly NodeContext _node;
    private readonly int _maxSessions;

    /// <summary>Where each session was told to go.</summary>
    private readonly Dictionary<IActorRef, string> _destinations = [];

    private int _open;
    private long _guests;
    private string? _closedBecause;
    private IActorRef? _whoAsked;
    private int _told;
    private bool _isDraining;
    private int _nextDestination;

    /// <param name="node">What sessions need.</param>
    /// <param name="maxSessions">Beyond these, <c>421 server full</c>.</param>
    public SessionsActor(NodeContext node, int maxSessions)
    {
        _node = node;
        _maxSessions = maxSessions;
        Receive<SessionsCommands.Accept>(Accept);
        Receive<SessionsCommands.Close>(Close);
        Receive<SessionsCommands.Drain>(_ => Drain());
        Receive<SessionsCommands.EndAll>(end =>
        {
            TellAll(new SessionCommands.End(end.Reason, CallEnd.NodeGone));
            Context.Answer(new SessionsTold(_open));
        });
        Receive<SessionsCommands.EndDomain>(end => TellAll(new SessionCommands.EndIfOf(end.Domain)));
        Receive<SessionsCommands.CallOffDrain>(_ => CallOffDrain());
        Receive<SessionsCommands.ReadDrain>(_ => Context.Answer(Progress));
        Receive<LookForNodes>(_ => ShowTheWay());
        Receive<Terminated>(Ended);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private DrainProgress Progress => new(_isDraining, _open);

    public static Props Props(NodeContext node, int maxSessions) => global::Akka.Actor.Props.Create(() => new SessionsActor(node, maxSessions));

    /// <summary>A session that breaks is over; its state is not worth a second try, and the client is told.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Accept(SessionsCommands.Accept accept)
    {
        string? refusal = _closedBecause ?? (_isDraining ? "server is moving" : _open >= _maxSessions ? "server full" : null);
        if (refusal is not null)
        {
            Sender.Tell(new SessionsReplies.Refused(refusal));
            return;
        }

        var id = new SessionId(Random.Shared.NextInt64());
        var session = Context.ActorOf(SessionActor.Props(_node, id, NextGuest(), accept.Host, accept.Connection, accept.IsGreeted));
        Context.Watch(session);
        _open++;
        Sender.Tell(new SessionsReplies.Accepted(session));
    }

    /// <summary>No two guests of a cluster ever had the same name: what one did is never taken for the other's.</summary>
    private Name NextGuest() => Name.Guest((_node.Number * GuestsPerIncarnation) + ++_guests);

    private void Close(SessionsCommands.Close close)
    {
        _closedBecause = close.Reason;
        _told = _open;
        _whoAsked = Sender;
        TellAll(new SessionCommands.End(close.Reason, CallEnd.NodeGone));
        AnswerWhenEmpty();
    }

    private void Ended(Terminated ended)
    {
        _open--;
        _destinations.Remove(ended.ActorRef);
        CountDrain();
        AnswerWhenEmpty();
    }

    private void AnswerWhenEmpty()
    {
        if (_open > 0 || _whoAsked is not { } whoAsked)
            return;
        whoAsked.Tell(new SessionsTold(_told));
        _whoAsked = null;
    }

    private void Drain()
    {
        if (!_isDraining)
        {
            _isDraining = true;
            Timers.StartPeriodicTimer(LookForNodes.Instance, LookForNodes.Instance, _lookForNodesEvery);
            ShowTheWay();
            CountDrain();
        }

        Context.Answer(Progress);
    }

    private void CallOffDrain()
    {
        if (_isDraining)
        {
            _isDraining = false;
            Timers.Cancel(LookForNodes.Instance);
            _destinations.Clear();
            TellAll(new SessionNotice.Moving(null));
            CountDrain();
        }

        Context.Answer(Progress);
    }

    /// <summary>Every session is sent to one of the nodes that stay, in turn; those whose node has gone by now, to another.</summary>
    private void ShowTheWay()
    {
        string[] hosts =
        [
            .. _node.Nodes.All.Where(n => n.Id != _node.Nodes.Self && n is { Status: MemberStatus.Up, IsReachable: true, Card.IsDraining: false })
                .Select(n => n.Card!.Host).Distinct(),
        ];
        if (hosts.Length == 0)
            return;
        foreach (var session in Context.GetChildren())
        {
            if (_destinations.TryGetValue(session, out string? told) && hosts.Contains(told))
                continue;
            string host = _destinations[session] = hosts[_nextDestination++ % hosts.Length];
            session.Tell(new SessionNotice.Moving(host));
        }
    }

    private static void TellAll(object message)
    {
        foreach (var session in Context.GetChildren())
            session.Tell(message);
    }

    private void CountDrain() => _node.Metrics.Drain(_isDraining, _isDraining ? _open : 0);

    private sealed record LookForNodes
    {
        public static LookForNodes Instance { get; } = new();
    }
}
