using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Node.Tests.Web.Support;

/// <summary>The real session machine on a real connection, and nobody else: every room lets everybody in, every name is free but "taken".</summary>
internal sealed class StubSession : ReceiveActor
{
    private readonly RecordingMediaPlane _plane;
    private readonly ISessionConnection _connection;
    private readonly SessionMachine _machine;
    private WebOpening.Opened? _web;

    public StubSession(RecordingMediaPlane plane, SessionsCommands.Accept accept)
    {
        _plane = plane;
        _connection = accept.Connection;
        _machine = new SessionMachine(
            new SessionPolicy(new ServedHosts(["example.org"], []), AuthenticationRequired: false), Name.Guest(1), accept.Host, _connection.Link, _connection.Web);
        Receive<Command>(command =>
        {
            if (command is Command.Negotiated negotiated)
                Negotiated.Add(negotiated);
            _machine.Receive(command);
            Follow();
        });
        Receive<SessionCommands.ReadMedia>(_ => Sender.Tell(new SessionMedia(_web)));
        Receive<SessionCommands.End>(end =>
        {
            _machine.End(end.Reason);
            Follow();
        });
        Receive<SessionCommands.Disconnected>(_ => Context.Stop(Self));
        _machine.Start();
        Follow();
    }

    /// <summary>What the node has agreed on, of all sessions of the test.</summary>
    public static System.Collections.Concurrent.ConcurrentBag<Command.Negotiated> Negotiated { get; } = [];

    protected override void PostStop()
    {
        Leave();
        _connection.Close();
    }

    private void Follow()
    {
        while (_machine.TryTake(out var output))
        {
            switch (output)
            {
                case SessionOutput.Line line:
                    _connection.Write(line.Reply, line.Unasked);
                    break;
                case SessionOutput.Answered answered:
                    _connection.Answered(answered.Verb, answered.Code);
                    break;
                case SessionOutput.Ask ask:
                    _machine.Complete(Outcome(ask.Request));
                    break;
                case SessionOutput.Close:
                    Context.Stop(Self);
                    break;
            }
        }
    }

    private SessionOutcome Outcome(SessionRequest request)
    {
        switch (request)
        {
            case SessionRequest.Connect connect:
                if (_web is null && _plane.OpenWeb(new RoomId(connect.Room.ToString())) is WebOpening.Opened opened)
                    _web = opened;
                return _web is null ? SessionOutcome.Refused.NoBrowsers : new SessionOutcome.Connected(_plane.WebNumber);
            case SessionRequest.Disconnect:
                Leave();
                return new SessionOutcome.Done();
            case SessionRequest.SignInAnonymous { Name: var name }:
                return name.ToString() == "taken" ? new SessionOutcome.NotSignedIn(SignInVerdict.NameInUse) : new SessionOutcome.SignedIn(name);
            case SessionRequest.SignInBearer { Token: var token }:
                return token == "good" ? new SessionOutcome.SignedIn(Name.Parse("bearer")) : new SessionOutcome.NotSignedIn(SignInVerdict.TokenSignature);
            default:
                return new SessionOutcome.Done();
        }
    }

    private void Leave()
    {
        if (_web is { } web)
            _plane.CloseWeb(web.Id);
        _web = null;
    }
}

/// <summary>Lets everybody in until it is told why not.</summary>
internal sealed class StubSessions : ReceiveActor
{
    public StubSessions(RecordingMediaPlane plane)
    {
        string? refusal = null;
        Receive<string>(why => refusal = why);
        Receive<SessionsCommands.Accept>(accept => Sender.Tell(
            refusal is null
                ? new SessionsReplies.Accepted(Context.ActorOf(Props.Create(() => new StubSession(plane, accept))))
                : new SessionsReplies.Refused(refusal)));
    }
}
