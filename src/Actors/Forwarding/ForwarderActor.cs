using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// One room on one node. Turns the room's events into routes for the media plane and into notices for the sessions
/// here. It alone knows for sure who is here: it watches those who hold the ports, so that a client gone without a word
/// leaves the room, and it tells the room of whoever left until the room has taken note.
/// </summary>
public sealed class ForwarderActor : EntityActor, IWithTimers
{
    /// <summary>How long a room has to take note of a departure before it is told again.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly Name _room;
    private readonly ForwardingContext _node;
    private readonly ForwarderState _state;
    private readonly Dictionary<SessionId, Name> _shown = [];
    private int _membersCounted;

    public ForwarderActor(Name room, ForwardingContext node)
    {
        _room = room;
        _node = node;
        _state = new ForwarderState(room);
        On<RoomEvent.Joined>(Joined);
        On<RoomEvent.Left>(Left);
        On<RoomEvent.PutOut>(PutOut);
        On<RoomEvent.Muted>(Muted);
        On<RoomEvent.Picture>(picture =>
        {
            if (_state.SetMuted(picture.AllMuted))
                ApplyRoutes();
        });
        On<RoomEvent.Recovered>(Recovered);
        On<ForwarderCommands.Said>(said => TellAllBut(said.From, said.Notice));
        On<ForwarderCommands.Configure>(Configure);
        On<ForwarderCommands.Remove>(Remove);
        On<ForwarderCommands.Spoke>(Spoke);
        On<ForwarderCommands.ReadSources>(_ => Sender.Tell(ReadSources()));
        On<ForwarderCommands.LeaveTaken>(LeaveTaken);
        On<Status.Failure>(_ => AnswerLeavers(_state.TakeAskers()));
        On<TellAgain>(_ => TellWhoLeft());
        On<Terminated>(HolderEnded);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Name room, ForwardingContext node) => Runtime.Props.Create(() => new ForwarderActor(room, node));

    protected override void PostStop() => CountMembers(0);

    private void Joined(RoomEvent.Joined joined)
    {
        if (IsHere(joined.Who))
        {
            _state.Add(joined.Who, joined.Port);
            _state.SetMuted(joined.Who.Name, joined.IsMuted);
            Context.Watch(joined.Port.Holder);
            ApplyRoutes();
            Context.Answer(new SessionOutcome.Connected(joined.Port.Number));
        }

        if (_shown.TryAdd(joined.Who.Id, joined.Who.Name))
            TellAllBut(joined.Who.Id, new SessionNotice.Joined(joined.Who.Name));
    }

    private void Left(RoomEvent.Left left)
    {
        if (left.IsLast && _shown.Remove(left.Who, out var name))
            TellAllBut(left.Who, new SessionNotice.Left(name));
    }

    private void Remove(ForwarderCommands.Remove command)
    {
        if (_state.Remove(command.Who, command.Port, command.Totals, command.End, Sender) is not var (port, leave))
        {
            // Not let in, or not yet: should it be, its holder is seen to have ended.
            Context.Answer(new SessionOutcome.Done());
            return;
        }

        Context.Unwatch(port.Holder);
        ApplyRoutes();
        _node.Rooms().Tell(leave, Self);
        if (!Timers.IsTimerActive(TellAgain.Instance))
            Timers.StartPeriodicTimer(TellAgain.Instance, TellAgain.Instance, _patience);
    }

    private void LeaveTaken(ForwarderCommands.LeaveTaken taken)
    {
        if (_state.Forget(taken.Who, taken.Port) is { } asker)
            AnswerLeavers([asker]);
        if (!_state.Leaving.Any())
            Timers.Cancel(TellAgain.Instance);
    }

    /// <summary>The room's journal being away is no reason to let a client wait that is out already.</summary>
    private void AnswerLeavers(IEnumerable<IActorRef> askers)
    {
        foreach (var asker in askers.Where(a => !a.Equals(ActorRefs.Nobody) && !a.Equals(Context.System.DeadLetters)))
            asker.Tell(new SessionOutcome.Done());
    }

    private void TellWhoLeft()
    {
        foreach (var leave in _state.Leaving)
            _node.Rooms().Tell(leave, Self);
    }

    /// <summary>It hears nothing from now on; its session closes its ports, and those take their leave.</summary>
    private void PutOut(RoomEvent.PutOut putOut)
    {
        if (_state.PutOut(putOut.Who) is not { } session)
            return;
        ApplyRoutes();
        session.Tell(new SessionNotice.PutOut(_room));
    }

    private void Muted(RoomEvent.Muted muted)
    {
        _state.SetMuted(muted.Member, muted.IsMuted);
        ApplyRoutes();
    }

    private void Recovered(RoomEvent.Recovered recovered)
    {
        _node.Rooms().Tell(new RoomCommands.Register(_room, _node.Self, _node.Forwarders(), recovered.Stamp.Term, _state.Registered, IsLast: true, HasOwner: false));
        TellWhoLeft();
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
            .Select(member => new MemberSources(member.Key.Id, [.. member.SelectMany(p => SourcesOf(p.Port))]))
            .Where(member => member.Sources.Length > 0),
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

    /// <summary>By the way its own last word takes, so that this comes behind it: that one knows what went through the port.</summary>
    private void HolderEnded(Terminated ended)
    {
        if (_state.FindHeldBy(ended.ActorRef) is var (who, port))
            _node.Forwarders().Tell(new ForwarderCommands.Remove(_room, who, port.Port, CallTotals.None, CallEnd.Lost));
    }

    private bool IsHere(Participant who) => who.Node.Equals(_node.Forwarders());

    private void ApplyRoutes()
    {
        _node.Plane.Apply(_state.Routes(_node.NextRoutesVersion()));
        CountMembers(_state.Members);
    }

    private void CountMembers(int members)
    {
        _node.Metrics.Members(_room, _membersCounted, members);
        _membersCounted = members;
    }

    private void TellAllBut(SessionId from, SessionNotice notice)
    {
        foreach (var session in _state.SessionsBut(from))
            session.Tell(notice);
    }

    /// <summary>Nobody of the room is on this node, and the room knows.</summary>
    protected override bool IsIdle => _state.IsEmpty;

    private sealed record TellAgain
    {
        public static TellAgain Instance { get; } = new();
    }
}
