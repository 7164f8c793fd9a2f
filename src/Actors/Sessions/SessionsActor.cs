using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Sessions;

/// <summary>The parent of this node's sessions: lets clients in up to the node's limit and while it is open.</summary>
public sealed partial class SessionsActor : ReceiveActor
{
    /// <summary>Guests that one life of a node may number before it would take another life's numbers: at 1,000 a second, 11 days' worth.</summary>
    private const long GuestsPerLife = 1_000_000_000;

    private readonly NodeContext _node;
    private readonly int _maxSessions;
    private int _open;
    private long _nodeNumber;
    private long _guests;
    private string? _closedBecause;
    private IActorRef? _whoAsked;
    private int _told;

    /// <param name="node">What sessions need.</param>
    /// <param name="maxSessions">Beyond these, <c>421 server full</c>.</param>
    public SessionsActor(NodeContext node, int maxSessions)
    {
        _node = node;
        _maxSessions = maxSessions;
        _view = node.Cluster.View;
        _self = node.Cluster.Self;
        Receive<SessionsCommands.Accept>(Accept);
        Receive<SessionsCommands.Close>(Close);
        Receive<SessionsCommands.Drain>(_ => Drain());
        Receive<SessionsCommands.EndAll>(end =>
        {
            TellAll(new SessionCommands.End(end.Reason, CallEnd.NodeGone));
            Sender.Tell(_open);
        });
        Receive<SessionsCommands.CallOffDrain>(_ => CallOffDrain());
        Receive<SessionsCommands.ReadDrain>(_ => Sender.Tell(Progress));
        Receive<ClusterView>(Follow);
        Receive<Terminated>(ended =>
        {
            _open--;
            _destinations.Remove(ended.ActorRef);
            CountDrain();
            AnswerWhenEmpty();
        });
    }

    public static Props Props(NodeContext node, int maxSessions) => Runtime.Props.Create(() => new SessionsActor(node, maxSessions));

    /// <summary>A session that breaks is over; its state is not worth a second try, and the client is told.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        var self = Self;
        _subscription = _node.Cluster.Subscribe(view => self.Tell(view, ActorRefs.NoSender));
    }

    protected override void PostStop() => _subscription?.Dispose();

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
    private Name NextGuest()
    {
        // A node that was fenced is not in the view until it is back; its old number is still nobody else's.
        if (_node.Cluster.View.Find(_node.Cluster.Self) is { } self && self.Number != _nodeNumber)
            (_nodeNumber, _guests) = (self.Number, 0);
        return Name.Guest((_nodeNumber * GuestsPerLife) + ++_guests);
    }

    private void Close(SessionsCommands.Close close)
    {
        _closedBecause = close.Reason;
        _told = _open;
        _whoAsked = Sender;
        TellAll(new SessionCommands.End(close.Reason, CallEnd.NodeGone));
        AnswerWhenEmpty();
    }

    private void AnswerWhenEmpty()
    {
        if (_open > 0 || _whoAsked is not { } whoAsked)
            return;
        whoAsked.Tell(_told);
        _whoAsked = null;
    }
}
