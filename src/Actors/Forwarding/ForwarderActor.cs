using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// One room on one node. Turns the room's events into routes for the media plane and into notices for the sessions
/// here, and watches those sessions, so that a client gone without a word leaves the room.
/// </summary>
public sealed class ForwarderActor : EntityActor
{
    private readonly Name _room;
    private readonly ForwardingContext _node;
    private readonly ForwarderState _state;
    private int _membersCounted;

    public ForwarderActor(Name room, ForwardingContext node)
    {
        _room = room;
        _node = node;
        _state = new ForwarderState(room);
        On<RoomEvent.Joined>(Joined);
        On<RoomEvent.Left>(Left);
        On<RoomEvent.Gone>(Gone);
        On<RoomEvent.PutOut>(PutOut);
        On<RoomEvent.Muted>(Muted);
        On<RoomEvent.Recovered>(_ => _node.Rooms().Tell(new RoomCommands.Register(_room, _state.Registered)));
        On<RoomEvent.Said>(said => TellAllBut(said.From, said.Notice));
        On<ForwarderCommands.Configure>(Configure);
        On<ForwarderCommands.Remove>(Remove);
        On<ForwarderCommands.Spoke>(Spoke);
        On<ForwarderCommands.ReadSources>(_ => Sender.Tell(ReadSources()));
        On<Terminated>(SessionEnded);
    }

    public static Props Props(Name room, ForwardingContext node) => Runtime.Props.Create(() => new ForwarderActor(room, node));

    protected override void PostStop() => CountMembers(0);

    private void Joined(RoomEvent.Joined joined)
    {
        if (IsHere(joined.Who))
        {
            _state.Add(joined.Who, joined.Port);
            _state.SetMuted(joined.Who.Name, joined.IsMuted);
            Context.Watch(joined.Who.Session);
            ApplyRoutes();
            Context.Answer(new SessionOutcome.Connected(joined.Port.Number));
        }

        if (joined.IsFirst)
            TellAllBut(joined.Who.Id, new SessionNotice.Joined(joined.Who.Name));
    }

    private void Left(RoomEvent.Left left)
    {
        if (IsHere(left.Who))
        {
            if (left.IsLast)
                Context.Unwatch(left.Who.Session);
            Context.Answer(new SessionOutcome.Done());
        }

        if (left.IsLast)
            TellAllBut(left.Who.Id, new SessionNotice.Left(left.Who.Name));
    }

    private void Gone(RoomEvent.Gone gone)
    {
        if (IsHere(gone.Who))
        {
            _state.Remove(gone.Who.Id);
            Context.Unwatch(gone.Who.Session);
            ApplyRoutes();
        }

        TellAllBut(gone.Who.Id, new SessionNotice.Left(gone.Who.Name));
    }

    private void Remove(ForwarderCommands.Remove command)
    {
        if (_state.Remove(command.Who, command.Service))
            ApplyRoutes();
        _node.Rooms().Forward(new RoomCommands.Leave(_room, command.Who, command.Service, command.Totals, command.End));
    }

    /// <summary>It hears nothing from now on; its session closes its ports, and those take their leave.</summary>
    private void PutOut(RoomEvent.PutOut putOut)
    {
        if (!IsHere(putOut.Who))
            return;
        _state.Remove(putOut.Who.Id);
        ApplyRoutes();
        putOut.Who.Session.Tell(new SessionNotice.PutOut(_room));
    }

    private void Muted(RoomEvent.Muted muted)
    {
        _state.SetMuted(muted.Member, muted.IsMuted);
        ApplyRoutes();
    }

    private void Configure(ForwarderCommands.Configure command)
    {
        if (RateCannotBe(command))
        {
            Context.Answer(new SessionOutcome.Refused("no such rate"));
            return;
        }

        if (_state.Configure(command.Who, command.Service, command.Parameters))
            ApplyRoutes();
        Context.Answer(new SessionOutcome.Done());
    }

    /// <summary>Asked only when the rate is what changes: other parameters must not be refused for what somebody sends by now.</summary>
    private bool RateCannotBe(ForwarderCommands.Configure command)
    {
        if (!command.Parameters.IsRateSet || _state.PortOf(command.Who, command.Service) is not { } port)
            return false;
        var before = _state.ParametersOf(command.Who, command.Service);
        bool changes = before is null || !before.IsRateSet || before.Rate != command.Parameters.Rate;
        return changes && !_node.Plane.CanThin(port, command.Parameters.Rate);
    }

    private ForwarderSources ReadSources() => new(
    [
        .. _state.Ports.GroupBy(p => p.Who)
            .Select(member => (member.Key.Name, Sources: (IReadOnlyList<MemberSource>)[.. member.SelectMany(p => SourcesOf(p.Port))]))
            .Where(member => member.Sources.Count > 0),
    ]);

    private IEnumerable<MemberSource> SourcesOf(JoiningPort port) => _node.Plane.ReadSources(port.Port).Select(s => new MemberSource(
        port.Service, s.Ssrc.Value, s.Codec, s.KilobitsPerSecond, s.FramesPerSecond, s.Packets, s.Lost, s.Jitter.TotalMilliseconds, s.Keyframes, s.Layer));

    private void Spoke(ForwarderCommands.Spoke spoke)
    {
        if (_state.NameOf(spoke.Participant) is not { } who)
            return;
        foreach (var session in _state.SessionsBut(who))
            session.Tell(new SessionNotice.Spoke(who));
    }

    /// <summary>The room takes the member out and says so to every node, this one too.</summary>
    private void SessionEnded(Terminated ended)
    {
        if (_state.FindSession(ended.ActorRef) is { } session)
            _node.Rooms().Tell(new RoomCommands.LeaveAll(_room, session));
    }

    private bool IsHere(Participant who) => who.Node.Equals(_node.Forwarders());

    private void ApplyRoutes()
    {
        _node.Plane.Apply(_state.Routes(_node.NextRoutesVersion()));
        CountMembers(_state.Members);
    }

    private void CountMembers(int members)
    {
        _node.Metrics.Members(members - _membersCounted);
        _membersCounted = members;
    }

    private void TellAllBut(SessionId from, SessionNotice notice)
    {
        foreach (var session in _state.SessionsBut(from))
            session.Tell(notice);
    }

    /// <summary>Nobody of the room is on this node.</summary>
    protected override bool IsIdle => _state.IsEmpty;
}
