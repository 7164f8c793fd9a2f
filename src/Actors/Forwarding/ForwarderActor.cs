using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Presence;
using Conference.Actors.Remoting;
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
public sealed partial class ForwarderActor : EntityActor, IWithTimers
{
    /// <summary>How long a room has to take note of something before it is told again.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly Name _room;
    private readonly ForwardingContext _node;
    private readonly ForwarderState _state;
    private readonly RoomMirror _mirror = new();
    private int _membersCounted;

    public ForwarderActor(Name room, ForwardingContext node)
    {
        _room = room;
        _node = node;
        _state = new ForwarderState(room);
        _view = node.Cluster.View;
        _self = node.Cluster.Self;
        On<RoomEvent.Joined>(Joined);
        On<RoomEvent.Left>(Left);
        On<RoomEvent.PutOut>(PutOut);
        On<RoomEvent.Muted>(Muted);
        On<RoomEvent.Reconfigured>(Reconfigured);
        On<RoomEvent.Picture>(TakePicture);
        On<RoomEvent.Recovered>(Recovered);
        On<ForwarderCommands.Say>(Say);
        On<ForwarderCommands.Said>(said => TellAllBut(said.From, said.Notice));
        On<ForwarderCommands.Configure>(Configure);
        On<ForwarderCommands.Remove>(Remove);
        On<ForwarderCommands.Spoke>(Spoke);
        On<ForwarderCommands.SpokeElsewhere>(SpokeElsewhere);
        On<ForwarderCommands.ReadSources>(_ => Sender.Tell(ReadSources()));
        On<ForwarderCommands.LeaveTaken>(LeaveTaken);
        On<ClusterView>(Look);
        On<NodeConnected>(link => Resume(link.Node));
        On<Status.Failure>(_ => AnswerLeavers(_state.TakeAskers()));
        On<TellAgain>(_ => TellWhatIsOpen());
        On<Compare>(_ => CompareWithRoom());
        On<Expecting>(_ => { });
        On<Terminated>(HolderEnded);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Nobody of the room is on this node, and the room knows, and nobody is about to come.</summary>
    protected override bool IsIdle => _state.IsEmpty && !Timers.IsTimerActive(Expecting.Instance);

    public static Props Props(Name room, ForwardingContext node) => Runtime.Props.Create(() => new ForwarderActor(room, node));

    protected override void PreStart()
    {
        _node.Views.Add(Self);
        Look(_node.Cluster.View);
    }

    /// <summary>Whoever is here still has a port that somebody holds: the picture says who.</summary>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        CatchUp();
    }

    protected override void PostStop()
    {
        _node.Views.Remove(Self);
        CountMembers(0);
    }

    /// <summary>A member of this node has a port that the room has let in.</summary>
    private void TakeIn(Participant who, JoiningPort port)
    {
        _state.Add(who, port);
        Context.Watch(port.Holder);
        Timers.Cancel(Expecting.Instance);
        if (!Timers.IsTimerActive(Compare.Instance))
            Timers.StartPeriodicTimer(Compare.Instance, Compare.Instance, _compareEvery);
    }

    private void Remove(ForwarderCommands.Remove command)
    {
        if (_state.IsLeaving(command.Who.Id, command.Port))
        {
            Context.Answer(new SessionOutcome.Done());
            return;
        }

        var (leave, holder) = _state.Remove(command, Sender);
        if (holder is null)
            // Not let in, or not known to be: the room may have, and the news of it been lost.
            Context.Answer(new SessionOutcome.Done());
        else
        {
            Context.Unwatch(holder);
            ApplyRoutes();
        }

        _node.Rooms().Tell(leave, Self);
        TellUntilTaken();
    }

    private void LeaveTaken(ForwarderCommands.LeaveTaken taken)
    {
        // What an earlier owner of the room took note of, the present one has perhaps been told otherwise: it is told again.
        if (taken.Term.Epoch >= _mirror.Term.Epoch && _state.Forget(taken.Who, taken.Port) is { } asker)
            AnswerLeavers([asker]);
    }

    /// <summary>The room's journal being away is no reason to let a client wait that is out already.</summary>
    private void AnswerLeavers(IEnumerable<IActorRef> askers)
    {
        foreach (var asker in askers.Where(a => !a.Equals(ActorRefs.Nobody) && !a.Equals(Context.System.DeadLetters)))
            asker.Tell(new SessionOutcome.Done());
    }

    /// <summary>By the way its own last word takes, so that this comes behind it: that one knows what went through the port.</summary>
    private void HolderEnded(Terminated ended)
    {
        if (_state.FindHeldBy(ended.ActorRef) is var (who, port))
            _node.Forwarders().Tell(new ForwarderCommands.Remove(_room, who, port.Service, port.Port, CallTotals.None, CallEnd.Lost));
    }

    private void Configure(ForwarderCommands.Configure command)
    {
        if (_state.PortOf(command.Who, command.Service) is not { } port)
        {
            Context.Answer(new SessionOutcome.Done());
            return;
        }

        if (RateCannotBe(port, command.Parameters))
        {
            Context.Answer(new SessionOutcome.Refused("no such rate"));
            return;
        }

        var configured = _state.Configure(command.Who, port, command.Parameters);
        ApplyRoutes();
        Context.Answer(new SessionOutcome.Done());
        if (PortSending.Of(port) != PortSending.Of(configured))
            TellSending(command.Who, configured);
    }

    /// <summary>Asked only when the rate is what changes: other parameters must not be refused for what somebody sends by now.</summary>
    private bool RateCannotBe(JoiningPort port, ServiceParameters wanted)
    {
        if (!wanted.IsRateSet)
            return false;
        bool changes = !port.Parameters.IsRateSet || port.Parameters.Rate != wanted.Rate;
        return changes && !_node.Plane.CanThin(port.Port, wanted.Rate);
    }

    /// <summary>
    /// A member's words need nobody's leave: they go to those here, and once to each other node with members, whoever owns the room and
    /// whether it can be reached.
    /// </summary>
    private void Say(ForwarderCommands.Say say)
    {
        if (!_state.IsIn(say.From))
            return;
        var notice = new SessionNotice.Said(say.Speaker, say.Service, say.Text);
        TellAllBut(say.From, notice);
        foreach (var node in _mirror.Members.Where(m => m.Who.On != _self).DistinctBy(m => m.Who.On))
            node.Who.Node.Tell(new ForwarderCommands.Said(_room, say.From, notice), ActorRefs.NoSender);
        if (_mirror.HasOwner && say.Speaker != _room)
            _node.Users().Tell(new UserCommands.Overhear(_room, notice with { ToOwnerOf = _room }), ActorRefs.NoSender);
    }

    private ForwarderSources ReadSources() => new(
    [
        .. _state.Ports.GroupBy(p => p.Who.Id)
            .Select(member => new MemberSources(member.Key, [.. member.SelectMany(p => SourcesOf(p.Port))]))
            .Where(member => member.Sources.Length > 0),
    ]);

    private IEnumerable<MemberSource> SourcesOf(JoiningPort port) => _node.Plane.ReadSources(port.Port).Select(s => new MemberSource(
        port.Service, s.Ssrc.Value, s.Codec, s.KilobitsPerSecond, s.FramesPerSecond, s.Packets, s.Lost, s.Jitter.TotalMilliseconds, s.Keyframes, s.Layer));

    private void ApplyRoutes()
    {
        _node.Plane.Apply(_state.Routes(_node.NextRoutesVersion(), _self, _mirror));
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
}
