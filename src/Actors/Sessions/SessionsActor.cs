using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Sessions;

/// <summary>The parent of this node's sessions: lets clients in up to the node's limit and while it is open.</summary>
public sealed class SessionsActor : ReceiveActor
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
        Receive<SessionsCommands.Accept>(Accept);
        Receive<SessionsCommands.Close>(Close);
        Receive<Terminated>(_ =>
        {
            _open--;
            AnswerWhenEmpty();
        });
    }

    public static Props Props(NodeContext node, int maxSessions) => Runtime.Props.Create(() => new SessionsActor(node, maxSessions));

    /// <summary>A session that breaks is over; its state is not worth a second try, and the client is told.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Accept(SessionsCommands.Accept accept)
    {
        string? refusal = _closedBecause ?? (_open >= _maxSessions ? "server full" : null);
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
        foreach (var session in Context.GetChildren())
            session.Tell(new SessionCommands.End(close.Reason, CallEnd.NodeGone));
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

/// <summary>What can be said to <see cref="SessionsActor"/>.</summary>
public static class SessionsCommands
{
    /// <summary>A client has connected. -> <see cref="SessionsReplies"/></summary>
    /// <param name="Connection">The client.</param>
    /// <param name="Host">This host, as the client sees it.</param>
    /// <param name="IsGreeted">It had a session before, and started TLS: it is not greeted twice.</param>
    public sealed record Accept(ISessionConnection Connection, string Host, bool IsGreeted = false);

    /// <summary>No more clients, and an end to those there are. -> how many (<see cref="int"/>), once all have ended.</summary>
    public sealed record Close(string Reason);
}

public static class SessionsReplies
{
    public sealed record Accepted(IActorRef Session);

    public sealed record Refused(string Reason);
}
