using System.Net;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Tracing;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>
/// One CONN: its UDP port from opening to close. It lives under its session, so that whatever ends the session
/// returns the port.
/// </summary>
public sealed class MediaPortActor : TracedActor
{
    private readonly Name _room;
    private readonly Participant _who;
    private readonly Service _service;
    private readonly IPAddress _client;
    private readonly WebId? _web;
    private readonly NodeContext _node;
    private readonly SessionFate _fate;
    private PortId? _port;

    /// <param name="room">Whose room it is to join.</param>
    /// <param name="who">For whom.</param>
    /// <param name="service">What it carries.</param>
    /// <param name="client">The only address it will ever hear, unless it roams.</param>
    /// <param name="web">The browser's connection that carries it; null for a port of its own.</param>
    /// <param name="fate">How its session ends.</param>
    /// <param name="node">What the node provides.</param>
    public MediaPortActor(Name room, Participant who, Service service, IPAddress client, WebId? web, SessionFate fate, NodeContext node)
    {
        _room = room;
        _who = who;
        _service = service;
        _client = client;
        _web = web;
        _fate = fate;
        _node = node;
        Receive<MediaPortCommands.Connect>(Connect);
        Receive<MediaPortCommands.Disconnect>(_ => Disconnect());
        Receive<MediaPortCommands.Configure>(command =>
            _node.Forwarders.ForwardTraced(new ForwarderCommands.Configure(_room, _who.Id, _service, command.Parameters)));
        Receive<MediaPortCommands.Roam>(roam =>
        {
            if (_port is { } port)
                _node.Plane.Roam(port, roam.Token);
            Sender.Tell(new SessionOutcome.Done());
        });
        Receive<MediaPortCommands.ReadRate>(_ => Sender.Tell(new SessionOutcome.Reading(_port is { } port ? _node.Plane.ReadRate(port) : null)));
        Receive<MediaPortCommands.Read>(_ => Sender.Tell(_port is { } port ? _node.Plane.Read(port) ?? NoStatistics : NoStatistics));
    }

    private static PortStatistics NoStatistics { get; } = new(0, 0, 0, 0, 0, false);

    public static Props Props(Name room, Participant who, Service service, IPAddress client, WebId? web, SessionFate fate, NodeContext node) =>
        MadeBy.Props(() => new MediaPortActor(room, who, service, client, web, fate, node));

    protected override void PreStart() => _node.Metrics.Actors(CountedActor.MediaPortActor, +1);

    /// <summary>However it ends, the room is told, and what went through the port is not lost.</summary>
    protected override void PostStop()
    {
        _node.Metrics.Actors(CountedActor.MediaPortActor, -1);
        if (_port is { } port)
            _node.Forwarders.Tell(Close(port, _fate.End), ActorRefs.NoSender);
    }

    /// <summary>The port closes before anybody answers: the next CONN must find its number free.</summary>
    private void Disconnect()
    {
        if (_port is { } port)
            _node.Forwarders.ForwardTraced(Close(port, CallEnd.Left));
        else
            Sender.Tell(new SessionOutcome.Done());
    }

    private ForwarderCommands.Remove Close(PortId port, CallEnd end)
    {
        var leaving = Leaving(port, end);
        _node.Plane.Close(port);
        _port = null;
        return leaving;
    }

    private ForwarderCommands.Remove Leaving(PortId port, CallEnd end)
    {
        var seen = _node.Plane.Read(port) ?? NoStatistics;
        var totals = new CallTotals([], seen.BytesIn, seen.BytesOut, seen.DatagramsIn, seen.DatagramsOut);
        return new ForwarderCommands.Remove(_room, _who, _service, port, totals, end);
    }

    private void Connect(MediaPortCommands.Connect command)
    {
        switch (_node.Plane.Open(new PortRequest(new RoomId(_room.ToString()), new ServiceName(_service.ToString()), _client) { Web = _web }))
        {
            case PortOpening.Opened opened:
                _port = opened.Port;
                if (command.Token is { } token)
                    _node.Plane.Roam(opened.Port, token);
                int number = _web is null ? opened.Number : _node.Plane.WebNumber;
                var joining = new JoiningPort(opened.Port, number, opened.Loop, _service, command.Parameters, Self);
                JoinAsync(new RoomCommands.Join(_room, _who, joining), command.Pass).PipeTo(Sender, Self, failure: _ => SessionOutcome.Refused.TryAgain);
                break;
            case PortOpening.NoPortFree or PortOpening.Full:
                Sender.Tell(SessionOutcome.Refused.NoPortFree);
                break;
            case PortOpening.Failed:
                Sender.Tell(SessionOutcome.Refused.TryAgain);
                break;
        }
    }

    /// <summary>Before the room is asked, its password is looked at: where the client is, and as slowly as passwords are.</summary>
    private async Task<SessionOutcome> JoinAsync(RoomCommands.Join join, RoomPass pass)
    {
        if (pass.Invitation is { } invitation)
            join = join with { Invitation = InvitationToken.DigestOf(invitation) };
        if (pass.Password is { } password
            && (await _node.Rooms.AskEntityAsync<RoomPassword>(new RoomQueries.ReadPassword(_room), _node.AskDeadline)).Hash is { } hash)
        {
            var verdict = await _node.Authenticator.VerifyRoomPasswordAsync(_client, _room, password, hash);
            if (verdict is RoomPasswordVerdict.Throttled)
                return SessionOutcome.Refused.TryAgainLater;
            // Whoever needs none is let in all the same.
            join = join with { ProvedHash = verdict is RoomPasswordVerdict.Right ? hash : "" };
        }

        // The user and the room may be moving: what waits for them then is lost, and must be asked again.
        return await _node.Users.AskEntityAsync<SessionOutcome>(new UserCommands.Enter(join), _node.AskDeadline);
    }
}
