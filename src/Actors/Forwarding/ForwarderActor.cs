using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Tracing;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// The selective forwarding of one room on one node. Turns the room's news into routes for the media plane and into notices for the sessions
/// here. It alone knows for sure who is here: it watches those who hold the ports, so that a client gone without a word
/// leaves the room, and it tells the room of whoever left until the room has taken note.
/// </summary>
/// <remarks>
/// What the room says may be lost, and so may what is said to it: something missed is asked for, a room whose actor has ended is told who is here,
/// and now and then both compare. All of it is said again until the room's picture shows that it holds.
/// </remarks>
public sealed class ForwarderActor : TracedActor, IWithTimers
{
    /// <summary>How long a room has to take note of something before it is told again.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>Finds what was lost behind which nothing came. Each room with members costs one message in that time.</summary>
    private static readonly TimeSpan _compareEvery = TimeSpan.FromSeconds(10);

    private readonly Name _name;
    private readonly ForwardingContext _node;
    private readonly LocalMembers _members;
    private readonly RoomMirror _mirror = new();
    private readonly Unconfirmed _unconfirmed = new();
    private readonly SpeakerNews _speakers;
    private readonly RecorderNews _recorders;
    private readonly IActorRef _rooms;
    private readonly IActorRef _users;

    /// <summary>The room's actor, watched; null before it has been heard of, and since it ended.</summary>
    private IActorRef? _room;

    private int _counted;
    private bool _isRetiring;

    public ForwarderActor(Name name, ForwardingContext node)
    {
        _name = name;
        _node = node;
        _members = new LocalMembers(name);
        _speakers = new SpeakerNews(name, node.Self, _members, _mirror);
        _recorders = new RecorderNews(name, _members, _mirror);
        var actors = ActorRegistry.For(Context.System);
        _rooms = actors.Get<RoomActor>();
        _users = actors.Get<UserActor>();
        Receive<RoomNews.Joined>(Joined);
        Receive<RoomNews.Left>(Left);
        Receive<RoomNews.PutOut>(PutOut);
        Receive<RoomNews.Muted>(Muted);
        Receive<RoomNews.Reconfigured>(Reconfigured);
        Receive<RoomNews.Picture>(TakePicture);
        Receive<RoomNews.Resumed>(Resumed);
        Receive<ForwarderCommands.Say>(Say);
        Receive<ForwarderCommands.Said>(said => TellAllBut(said.From, said.Notice));
        Receive<ForwarderCommands.Told>(told => TellAllBut(default, told.Notice));
        Receive<ForwarderCommands.Configure>(Configure);
        Receive<ForwarderCommands.Remove>(Remove);
        Receive<ForwarderCommands.LeaveTaken>(LeaveTaken);
        Receive<ForwarderCommands.Spoke>(_speakers.Spoke);
        Receive<ForwarderCommands.SpokeElsewhere>(spoke =>
        {
            if (_speakers.SpokeElsewhere(spoke))
                ApplyRoutes();
        });
        Receive<ForwarderCommands.Seated>(TellOfSeats);
        Receive<ForwarderCommands.MediaChanged>(changed =>
            _members.FindBy(changed.Port)?.Session.Tell(SessionCommands.MediaChanged.Instance, ActorRefs.NoSender));
        Receive<ForwarderCommands.Roamed>(roamed =>
            _members.FindBy(roamed.Port)?.Session.Tell(new SessionCommands.TokenShown(roamed.Token), ActorRefs.NoSender));
        Receive<ForwarderCommands.ReadSources>(_ => Context.Answer(ReadSources()));
        Receive<PeerNews.Connected>(peer => CatchUpOverNewWay(peer.Address));
        Receive<PeerNews.Gone>(peer => Lose(peer.Node));
        Receive<Unavailable>(_ => AnswerLeavers(_members.TakeAskers()));
        Receive<TellAgain>(_ => TellWhatIsOpen());
        Receive<Compare>(_ => CompareWithRoom());
        Receive<Expecting>(_ => { });
        Receive<ForwardersActor.StopIfIdle>(_ => StopOrStay());
        Receive<Terminated>(ended => Ended(ended.ActorRef));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Nobody of the room is on this node, and the room knows, and nobody is about to come.</summary>
    private bool IsIdle => _members.IsEmpty && !Timers.IsTimerActive(Expecting.Instance);

    private bool IsAnythingOpen => _unconfirmed.IsAny || _members.Leaving.Any();

    public static Props Props(Name name, ForwardingContext node) => MadeBy.Props(() => new ForwarderActor(name, node));

    protected override bool AroundReceive(Receive receive, object message)
    {
        bool isHandled = base.AroundReceive(receive, message);
        if (!_isRetiring && IsIdle)
        {
            _isRetiring = true;
            Context.Parent.Tell(new ForwardersActor.Retire(_name));
        }

        return isHandled;
    }

    /// <summary>Whoever is here still has a port that somebody holds: the picture says who.</summary>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        CatchUp();
    }

    protected override void PreStart() => _node.Metrics.Actors(CountedActor.ForwarderActor, +1);

    protected override void PostStop()
    {
        _node.Metrics.Actors(CountedActor.ForwarderActor, -1);
        CountMembers(0);
    }

    private void StopOrStay()
    {
        _isRetiring = false;
        if (IsIdle)
            Context.Stop(Self);
        else
            Context.Parent.Tell(new ForwardersActor.Stay(_name));
    }

    private void Joined(RoomNews.Joined joined)
    {
        var order = Accept(joined);
        if (joined.Who.On == _node.Self)
            TakeIn(joined, order);
        // Where it is repeated, the other members know it already.
        if (order is not (NewsOrder.Stale or NewsOrder.Repeated) && _mirror.Join(joined))
            TellOfNewcomer(joined.Who);
        MirrorChanged();
        _speakers.TellOf(joined.Who.On);
        if (joined.Who.On == _node.Self && _members.StandingOf(joined.Who.Id, joined.Port) == PortStanding.In)
            Context.Answer(new SessionOutcome.Connected(joined.Port.Number));
    }

    private void TakeIn(RoomNews.Joined joined, NewsOrder order)
    {
        bool isNews = order is not (NewsOrder.Stale or NewsOrder.Repeated);
        var standing = _members.StandingOf(joined.Who.Id, joined.Port);
        if (standing == PortStanding.Unknown || (standing == PortStanding.Replaced && isNews))
            TakeIn(joined.Who, joined.Port);
        // An owner that is none any more let it in; the present one may not know.
        if (order == NewsOrder.Stale)
            Register();
    }

    /// <summary>A member of this node has a port that the room has let in.</summary>
    private void TakeIn(Participant who, JoiningPort port)
    {
        bool isNewcomer = !_members.HasPorts(who.Id);
        _members.Add(who, port);
        if (isNewcomer)
        {
            TellOfTheMuted(who);
            _recorders.TellNewcomer(who);
        }

        Context.Watch(port.Holder);
        Timers.Cancel(Expecting.Instance);
        if (!Timers.IsTimerActive(Compare.Instance))
            Timers.StartPeriodicTimer(Compare.Instance, Compare.Instance, _compareEvery);
    }

    private void Left(RoomNews.Left left)
    {
        if (Accept(left) is NewsOrder.Stale or NewsOrder.Repeated)
            return;
        if (_mirror.Leave(left) is { } gone)
            TellAllBut(left.Who, new SessionNotice.Left(gone.Name));
        MirrorChanged();
        // Only this node decides that a member of its own has left: the room is told again that it is here.
        if (_members.Has(left.Who, left.Port))
        {
            _unconfirmed.Registration = true;
            TellUntilTaken();
        }
    }

    private void PutOut(RoomNews.PutOut putOut)
    {
        if (Accept(putOut) is NewsOrder.Stale or NewsOrder.Repeated)
            return;
        bool isNews = _mirror.PutOut(putOut.Who);
        PutOut(putOut.Who, putOut.IsClosing);
        if (isNews && !putOut.IsClosing)
            TellAllBut(putOut.Who, new SessionNotice.OtherPutOut(_mirror.Find(putOut.Who)!.Who.Name));
        MirrorChanged();
    }

    /// <summary>It hears nothing from now on; its session closes its ports, and those take their leave.</summary>
    private void PutOut(SessionId who, bool isClosing) => _members.PutOut(who)?.Tell(new SessionNotice.PutOut(_name, isClosing));

    private void Muted(RoomNews.Muted muted)
    {
        if (Accept(muted) is NewsOrder.Stale or NewsOrder.Repeated)
            return;
        if (_mirror.SetMuted(muted.Member, muted.IsMuted))
            TellOfMute(muted.Member);
        ApplyRoutes();
        Context.Answer(new RoomAnswer(RoomChange.Done));
    }

    private void Reconfigured(RoomNews.Reconfigured changed)
    {
        var order = Accept(changed);
        if (order == NewsOrder.Stale)
            return;
        _unconfirmed.Confirm(changed.Port, changed.Sending);
        if (order == NewsOrder.Repeated)
            return;
        _mirror.Reconfigure(changed.Who, changed.Port, changed.Sending);
        MirrorChanged();
    }

    private NewsOrder Accept(RoomNews news)
    {
        var order = _mirror.Accept(news.Stamp);
        if (order == NewsOrder.NewTerm)
            Register();
        else if (order == NewsOrder.Missed && !_unconfirmed.CatchingUp)
        {
            _node.Metrics.RoomNewsMissed();
            _unconfirmed.CatchingUp = true;
            CatchUp();
            TellUntilTaken();
        }

        return order;
    }

    private void Resumed(RoomNews.Resumed resumed)
    {
        if (!_mirror.Begin(resumed.Stamp.Term))
            return;
        WatchRoom(resumed.Actor);
        Register();
    }

    private void TakePicture(RoomNews.Picture picture)
    {
        // Shown to a node without members: more parts follow, and its first member. Who stopped now would have to ask for all of it again.
        if (_members.IsEmpty)
            Timers.StartSingleTimer(Expecting.Instance, Expecting.Instance, _patience);
        if (_mirror.Take(picture) is not { } change)
            return;
        WatchRoom(picture.Actor);
        _unconfirmed.CatchingUp = false;
        foreach (var member in _mirror.Members.Where(m => m.Who.On == _node.Self))
        {
            // Let in, and the news lost. Should nobody hold the port by now, it leaves again at once.
            foreach (var port in member.Ports.Values.Where(p => _members.StandingOf(member.Who.Id, p) == PortStanding.Unknown))
                TakeIn(member.Who, port);
            if (member.IsBeingPutOut)
                PutOut(member.Who.Id, isClosing: false);
        }

        foreach (var who in change.Came)
            TellOfNewcomer(who);
        foreach (var who in change.Went)
            TellAllBut(who.Id, new SessionNotice.Left(who.Name));
        foreach (var name in change.MutedOrNot)
            TellOfMute(name);
        MirrorChanged();
        CompareWithPicture();
    }

    /// <summary>What the room has not got right yet is told by and by: it may be on its way.</summary>
    private void CompareWithPicture()
    {
        _unconfirmed.Registration = false;
        _unconfirmed.ForgetReconfigured();
        foreach (var (who, port) in _members.Ports)
        {
            var shown = _mirror.Find(who.Id)?.Ports.GetValueOrDefault(port.Service);
            if (shown?.Port != port.Port)
                _unconfirmed.Registration = true;
            else if (PortSending.Of(shown) != PortSending.Of(port))
                _unconfirmed.Add(new RoomSync.Reconfigure(_name, who.Id, port.Port, PortSending.Of(port)));
        }

        TellUntilTaken();
    }

    private void WatchRoom(IActorRef room)
    {
        if (room.Equals(_room))
            return;
        if (_room is not null)
            Context.Unwatch(_room);
        _room = Context.Watch(room);
    }

    /// <summary>The room's actor has ended, or one that held a port.</summary>
    private void Ended(IActorRef actor)
    {
        if (actor.Equals(_room))
        {
            // Whoever is the room next knows nobody. The first telling is at once; the timer holds the pause before the next.
            _room = null;
            if (!_members.IsEmpty)
                Register();
        }
        else if (_members.FindHeldBy(actor) is var (who, port))
        {
            // Through the parent, as the port's own Remove went, so that this one comes after it: only the port's own has the byte counts.
            Context.Parent.Tell(new ForwarderCommands.Remove(_name, who, port.Service, port.Port, CallTotals.None, CallEnd.Lost), ActorRefs.NoSender);
        }
    }

    private void Remove(ForwarderCommands.Remove command)
    {
        if (_members.IsLeaving(command.Who.Id, command.Port))
        {
            Context.Answer(new SessionOutcome.Done());
            return;
        }

        var (leave, holder) = _members.Remove(command, Context.Asker() ?? ActorRefs.Nobody);
        if (holder is null)
            // Not let in, or not known to be: the room may have, and the news of it been lost.
            Context.Answer(new SessionOutcome.Done());
        else
        {
            Context.Unwatch(holder);
            ApplyRoutes();
        }

        _rooms.TellTraced(leave, Self);
        TellUntilTaken();
    }

    private void LeaveTaken(ForwarderCommands.LeaveTaken taken)
    {
        // An answer of an earlier owner of the room does not count: the present one may not know of the leave, and is told again.
        if (!taken.Term.IsBefore(_mirror.Term) && _members.Forget(taken.Who, taken.Port) is { } asker)
            AnswerLeavers([asker]);
    }

    /// <summary>The client is answered even where the room cannot store its leave: it is out already.</summary>
    private static void AnswerLeavers(IEnumerable<IActorRef> askers)
    {
        foreach (var asker in askers.Where(a => !a.IsNobody()))
            asker.Tell(new SessionOutcome.Done());
    }

    private void Configure(ForwarderCommands.Configure command)
    {
        if (_members.PortOf(command.Who, command.Service) is not { } port)
        {
            Context.Answer(new SessionOutcome.Done());
            return;
        }

        if (RateCannotBe(port, command.Parameters))
        {
            Context.Answer(new SessionOutcome.Refused("no such rate"));
            return;
        }

        var configured = _members.Configure(command.Who, port, command.Parameters);
        ApplyRoutes();
        Context.Answer(new SessionOutcome.Done());
        if (PortSending.Of(port) == PortSending.Of(configured))
            return;
        var told = new RoomSync.Reconfigure(_name, command.Who, port.Port, PortSending.Of(configured));
        _unconfirmed.Add(told);
        _rooms.Tell(told, ActorRefs.NoSender);
        TellUntilTaken();
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
        if (!_members.IsIn(say.From))
            return;
        var notice = new SessionNotice.Said(say.Speaker, say.Service, say.Text);
        TellAllBut(say.From, notice);
        foreach (var node in _mirror.Members.Where(m => m.Who.On != _node.Self).DistinctBy(m => m.Who.On))
            node.Who.Node.Tell(new ForwarderCommands.Said(_name, say.From, notice), ActorRefs.NoSender);
        if (_mirror.KeepsHistory && say.Service == Service.Chat)
            _rooms.Tell(new RoomSync.Spoken(_name, notice), ActorRefs.NoSender);
        if (_mirror.HasOwner && say.Speaker != _name)
            _users.Tell(new UserCommands.Overhear(_name, notice with { ToOwnerOf = _name }), ActorRefs.NoSender);
    }

    private void TellOfSeats(ForwarderCommands.Seated seated)
    {
        if (_members.FindBy(seated.Port) is not { } who)
            return;
        var seats = _node.Plane.ReadSeats(seated.Web).Select(s => new Seat(s.Mid, SittingOn(s)));
        who.Session.Tell(new SessionNotice.Seated([.. seats], seated.IsShort), ActorRefs.NoSender);
    }

    private (Service Service, Name Who)? SittingOn(WebSeat seat) =>
        seat is { Service: { } carried, Participant: { } participant } && Service.TryParse(carried.Value, out var service)
            && _members.NameOf(participant) is { } name
                ? (service, name)
                : null;

    private ForwarderSources ReadSources() => new(
    [
        .. _members.Ports.GroupBy(p => p.Who.Id)
            .Select(member => new MemberSources(member.Key, [.. member.SelectMany(p => SourcesOf(p.Port))]))
            .Where(member => member.Sources.Length > 0),
    ]);

    private IEnumerable<MemberSource> SourcesOf(JoiningPort port) => _node.Plane.ReadSources(port.Port).Select(s => new MemberSource(
        port.Service, s.Ssrc.Value, s.Codec, s.KilobitsPerSecond, s.FramesPerSecond, s.Packets, s.Lost, s.Jitter.TotalMilliseconds, s.Keyframes, s.Layer));

    /// <summary>Says who is here, even if it is nobody.</summary>
    private void Register()
    {
        _unconfirmed.Registration = true;
        var parts = RoomPicture.Parts(_members.Registered, m => m.Ports.Length + m.Leaving.Length);
        for (int i = 0; i < parts.Count; i++)
        {
            _rooms.Tell(
                new RoomSync.Register(
                    _name, _node.Self, Context.Parent, _mirror.Term, [.. parts[i]], IsLast: i == parts.Count - 1, _mirror.HasOwner),
                ActorRefs.NoSender);
        }

        TellWhoLeft();
        TellUntilTaken();
    }

    private void CatchUp() =>
        _rooms.Tell(new RoomSync.CatchUp(_name, _node.Self, Context.Parent, _mirror.Heard), ActorRefs.NoSender);

    private void TellWhoLeft()
    {
        foreach (var leave in _members.Leaving)
            _rooms.Tell(leave, Self);
    }

    private void TellUntilTaken()
    {
        if (IsAnythingOpen && !Timers.IsTimerActive(TellAgain.Instance))
            Timers.StartPeriodicTimer(TellAgain.Instance, TellAgain.Instance, _patience);
    }

    private void TellWhatIsOpen()
    {
        if (!IsAnythingOpen)
        {
            Timers.Cancel(TellAgain.Instance);
            return;
        }

        _unconfirmed.Keep(_members.Ports.Select(p => p.Port.Port));
        foreach (var command in _unconfirmed.Reconfigured)
            _rooms.Tell(command, ActorRefs.NoSender);
        if (_unconfirmed.Registration)
            Register();
        else
        {
            TellWhoLeft();
            if (_unconfirmed.CatchingUp)
                CatchUp();
        }
    }

    private void CompareWithRoom()
    {
        if (_members.IsEmpty)
            Timers.Cancel(Compare.Instance);
        else
            CatchUp();
    }

    /// <summary>The way to the room is open again, and what was said on it before may be lost.</summary>
    private void CatchUpOverNewWay(Address address)
    {
        if (_members.IsEmpty || (_room is not null && _room.Path.Address != address))
            return;
        TellWhatIsOpen();
        if (!_unconfirmed.CatchingUp)
            CatchUp();
    }

    /// <summary>A node is gone, and its members with it. The room will say so, and need not be waited for.</summary>
    private void Lose(NodeId node)
    {
        var lost = _mirror.Lose(gone => gone == node);
        foreach (var who in lost)
            TellAllBut(who.Id, new SessionNotice.Left(who.Name));
        if (lost.Count > 0)
            MirrorChanged();
    }

    private void MirrorChanged()
    {
        ApplyRoutes();
        _recorders.Tell();
    }

    private void ApplyRoutes()
    {
        _node.Plane.Apply(_members.Routes(_node.NextRoutesVersion(), _node.Self, _mirror));
        CountMembers(_members.Count);
    }

    private void CountMembers(int members)
    {
        _node.Metrics.Members(_name, _counted, members);
        _counted = members;
    }

    private void TellOfNewcomer(Participant who)
    {
        TellAllBut(who.Id, new SessionNotice.Joined(who.Name));
        if (_mirror.IsMuted(who.Name))
            TellOfMute(who.Name);
    }

    /// <summary>What the others have been told before.</summary>
    private void TellOfTheMuted(Participant newcomer)
    {
        foreach (var who in _mirror.Muted.Where(m => m != newcomer.Name))
            newcomer.Session.Tell(new SessionNotice.Muted(_name, who, IsMuted: true), ActorRefs.NoSender);
    }

    /// <summary>To everybody here, the muted included: their client must not show an open microphone.</summary>
    private void TellOfMute(Name who)
    {
        if (!_mirror.Has(who))
            return;
        var notice = new SessionNotice.Muted(_name, who, _mirror.IsMuted(who));
        foreach (var session in _members.Sessions)
            session.Tell(notice, ActorRefs.NoSender);
    }

    private void TellAllBut(SessionId from, SessionNotice notice)
    {
        foreach (var session in _members.SessionsBut(from))
            session.Tell(notice, ActorRefs.NoSender);
    }

    private sealed record TellAgain
    {
        public static TellAgain Instance { get; } = new();
    }

    private sealed record Expecting
    {
        public static Expecting Instance { get; } = new();
    }

    private sealed record Compare
    {
        public static Compare Instance { get; } = new();
    }
}
