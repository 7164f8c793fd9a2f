using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Forwarding;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>
/// A room: who is in it, on which nodes. One per name in the whole cluster; it runs only while somebody is in it or asks. It
/// decides who may enter and tells every node with members what happened; no datagram comes near it. Who was let in is
/// stored before it is answered.
/// </summary>
/// <remarks>
/// A room that begins anew, for whatever reason, knows from its journal whose calls are open, and not how they are reached: every node is
/// asked. Nobody is answered before all have said who is there, or <see cref="_answerLimit"/> is over; whose node says nothing until
/// <see cref="_registerLimit"/> has left with it. Media flows as it did meanwhile: nodes keep the routes they have.
/// </remarks>
public sealed class RoomActor : EntityActor
{
    /// <summary>Nodes that are well answer in milliseconds. Nobody can join meanwhile.</summary>
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(2);

    /// <summary>A node that says nothing for so long and is not down has lost its way here; it comes forward when that is open again.</summary>
    private static readonly TimeSpan _registerLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _lookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Name _name;
    private readonly RoomState _state;
    private readonly RoomClock _clock;
    private readonly RoomAudience _audience;
    private readonly RoomLobby _lobby;
    private readonly RoomHistory _history;
    private readonly RoomOperators _operators;
    private readonly IActorRef _users;
    private RoomSize _counted;

    /// <summary>It is one of its domain's open rooms.</summary>
    private bool _hasPlace;

    /// <param name="name">Which room.</param>
    /// <param name="options">What holds for rooms that have no settings of their own.</param>
    /// <param name="entity">What the node provides.</param>
    public RoomActor(Name name, RoomOptions options, EntityContext entity)
        : base(entity)
    {
        _name = name;
        _state = new RoomState(name, options);
        _clock = new RoomClock(_state, Context.System);
        _audience = new RoomAudience(name, _state, Context, Nodes);
        _lobby = new RoomLobby(name, _state, Context);
        _history = new RoomHistory(_state);
        _operators = new RoomOperators(
            name, _state, _audience, _lobby, _history, _clock, Context, (happened, then) => Store(happened, then), () => LastSequenceNr);
        var actors = ActorRegistry.For(Context.System);
        _users = actors.Get<UserActor>();
        Region = actors.Get<RoomActor>();
        Command<RoomCommands.Join>(Join);
        Command<RoomSync.Leave>(leave => Speaking(() => Leave(leave)));
        Command<RoomSync.Reconfigure>(Reconfigure);
        Command<RoomSync.Register>(register => Speaking(() => Register(register)));
        Command<RoomSync.CatchUp>(behind => Speaking(() => _audience.CatchUp(behind)));
        Command<Terminated>(ended =>
        {
            _lobby.Ended(ended.ActorRef);
            Lose(GoneOf(_audience.Ended(ended.ActorRef)));
        });
        Command<RoomCommands.StopWaiting>(stop => _lobby.Remove(stop.Who));
        Command<RoomSync.Spoken>(spoken => _history.Add(spoken.Said));
        Command<RegisterLimit>(_ => StopWaiting());
        Command<WriteOn>(_ => WriteWhoIsHere());
        Command<LostNode>(lost => Lose(lost.Node));
        Command<LookAgain>(again => Lose(GoneOf(again)));
        Command<RoomCommands.Say>(Say);
        Command<RoomQueries.ListMembers>(list => Context.Answer(
            new SessionOutcome.Members([.. Listed(list.After).Select(m => m.Shown)])));
        Command<RoomQueries.Locate>(locate => Context.Answer(Locate(locate.After)));
        Command<RoomQueries.Find>(_ => Context.Answer(new RoomPresence(_state.IsOpen, _state.Kept is not null, _state.IsFull || _state.IsLocked)));
        Command<RoomQueries.Describe>(describe => Context.Answer(Details(describe.After)));
        Command<RoomCommands.Keep>(keep => InDomain(() => _operators.Keep(keep)));
        Command<RoomCommands.Change>(change => InDomain(() => _operators.Change(change)));
        Command<RoomCommands.Announce>(_operators.Announce);
        Command<RoomCommands.Close>(_operators.Close);
        Command<RoomCommands.PutOut>(_operators.PutOut);
        Command<RoomCommands.LetIn>(_operators.LetIn);
        Command<RoomCommands.Mute>(_operators.Mute);
        Command<RoomCommands.MuteEveryone>(_operators.MuteEveryone);
        Command<RoomCommands.Appoint>(_operators.Appoint);
        Command<RoomCommands.Decide>(_operators.Decide);
        Command<RoomCommands.Invite>(_operators.Invite);
        Command<RoomCommands.Withdraw>(_operators.Withdraw);
        Command<RoomQueries.ReadPassword>(_ => Context.Answer(new RoomPassword(_state.CharterAt(_clock.Now).Rules.PasswordHash)));
    }

    public override string PersistenceId => EntityIds.Room(_name);

    protected override string Tag => "room";

    protected override IActorRef Region { get; }

    /// <summary>Nobody in it: it comes back from its journal with the next to come.</summary>
    protected override bool IsIdle => !_state.IsOpen && _state.OpenCalls.Count == 0 && _lobby.Count == 0;

    public static Props Props(Name name, RoomOptions options, EntityContext entity) =>
        MadeBy.Props(() => new RoomActor(name, options, entity));

    protected override void Apply(object happened)
    {
        _state.Apply((RoomEvent)happened);
        _clock.Heard((RoomEvent)happened);
    }

    protected override void Recover(object snapshot) => _state.Recover((RoomSnapshot)snapshot);

    protected override object Snapshot() => _state.Snapshot;

    protected override void Recovered()
    {
        _clock.Recovered();
        if (_state.OpenCalls.Count > 0)
            Speaking(AskWhoIsHere);
    }

    protected override void PreStart()
    {
        base.PreStart();
        Metrics.Actors(CountedActor.RoomActor, +1);
    }

    protected override void PostStop()
    {
        Metrics.Actors(CountedActor.RoomActor, -1);
        Count(default);
        base.PostStop();
    }

    /// <summary>A room stores something before it first speaks to a node: what it says then cannot be a twin's.</summary>
    private void Speaking(Action speak)
    {
        if (_audience.Term == RoomTerm.None)
            Begin([new RoomEvent.RoomResumed(_clock.Now)], speak);
        else
            speak();
    }

    private void Begin(IReadOnlyCollection<RoomEvent> happened, Action then)
    {
        long first = LastAssigned + 1;
        Store(happened, () =>
        {
            if (_audience.Term == RoomTerm.None)
                _audience.Term = new RoomTerm(first);
            then();
        });
    }

    private void Join(RoomCommands.Join join)
    {
        if (Refuse(join) is { } why)
            Context.Answer(new SessionOutcome.Refused(why));
        else if (_state.Find(join.Who.Id)?.Find(join.Port.Port) is { } port)
        {
            // Asked again: its node has perhaps not heard of it. The others have, or will see that they missed something.
            _audience.ShowPicture(join.Who.Node);
            join.Who.Node.Tell(Tracing.Traced.Wrap(Joined(_audience.Stamp.SaidAgain(), join.Who, port)), Context.Asker());
        }
        else if (_state.HasOpenCall(join.Who.Id))
            Speaking(() => Admit(join));
        else
        {
            switch (_state.EntranceOf(join, _clock.Now))
            {
                case Entrance.Refused refused:
                    Context.Answer(refused.Why);
                    break;
                case Entrance.ByLobby:
                    Wait(join.Who);
                    break;
                case Entrance.Open open:
                    Begin([.. Beginning(join, open)], () => Admit(join));
                    break;
            }
        }
    }

    /// <summary>A session comes in: the first may make the room its own.</summary>
    private IEnumerable<RoomEvent> Beginning(RoomCommands.Join join, Entrance.Open open)
    {
        yield return RoomState.Start(join.Who, _clock.Now);
        if (_state.ClaimOf(join, _clock.Now) is { } owner)
            yield return new RoomEvent.OwnerSet(owner);
        if (open.Invitation is { } invitation)
            yield return new RoomEvent.InvitationUsed(invitation, join.Who.Name);
    }

    private void Wait(Participant who)
    {
        var waiting = new SessionOutcome.Waiting(_name);
        if (_lobby.Has(who.Id))
            Context.Answer(waiting);
        else if (_lobby.Count >= _state.MaxMembers)
            Context.Answer(SessionOutcome.Refused.RoomIsFull);
        else if (_lobby.Has(who.Name))
            Take();
        else
            Store(new RoomEvent.MemberWaiting(who.Name, _clock.Now), Take);

        void Take()
        {
            _lobby.Add(who);
            Context.Answer(waiting);
        }
    }

    /// <summary>Sessions see to it that nobody asks who is of another domain; a domain may have gone while they did.</summary>
    private string? Refuse(RoomCommands.Join join)
    {
        if (join.Who.Name.Domain != _name.Domain)
            return SessionOutcome.Refused.NotAllowed.Why;
        if (!Domains.Has(_name.Domain))
            return $"{_name.Local} is not here";
        return _state.Refuse(join, _clock.Now) ?? (TryTakePlace() ? null : SessionOutcome.Refused.DomainIsFull(_name.Domain).Why);
    }

    private bool TryTakePlace()
    {
        _hasPlace = _hasPlace || DomainUse.TryTake(_name.Domain, Ceiling.Rooms);
        if (!_hasPlace)
            Metrics.CeilingReached(Ceiling.Rooms);
        return _hasPlace;
    }

    private void Admit(RoomCommands.Join join)
    {
        _state.HasOwner = join.HasOwner;
        // A node without members knows nothing of the room, or what it was.
        if (!_state.HasNode(join.Who.On))
            _audience.ShowPicture(join.Who.Node);
        bool isNewcomer = _state.Find(join.Who.Id) is null;
        _state.Admit(join.Who, join.Port);
        _lobby.Remove(join.Who.Id);
        if (isNewcomer)
            _operators.TellNewcomer(join.Who);
        Publish(stamp => Joined(stamp, join.Who, join.Port), answeredBy: join.Who.On);
        _audience.Watch();
        if (_state.HasOwner)
            _users.Tell(new UserCommands.Call(_name, join.Port.Service, join.Who.Name), ActorRefs.NoSender);
        WriteRecording(_state.Find(join.Who.Id)!);
    }

    /// <summary>Nothing is kept in a domain that is gone.</summary>
    private void InDomain(Action keep)
    {
        if (Domains.Has(_name.Domain))
            keep();
        else
            Context.Answer(new RoomAnswer(RoomChange.NotFound));
    }

    private void Leave(RoomSync.Leave leave)
    {
        // The way news go, not straight back: behind the member's Joined, if there was one in between.
        var taken = new ForwarderCommands.LeaveTaken(_name, _audience.Term, leave.Who, leave.Port);
        _state.Forget(leave);
        if (_state.Find(leave.Who) is not { } member || !member.Remove(leave.Service, leave.Port))
            leave.Node.Tell(taken, ActorRefs.NoSender);
        else if (member.HasServices)
        {
            Publish(stamp => new RoomNews.Left(_name, stamp, leave.Who, leave.Service, leave.Port, IsLast: false));
            leave.Node.Tell(taken, ActorRefs.NoSender);
            WriteRecording(member);
        }
        else
        {
            EndCalls([leave.Who], member.EndOf(leave.End), leave.Totals, () =>
            {
                Remove(member, leave.Service, leave.Port);
                leave.Node.Tell(taken, ActorRefs.NoSender);
            });
        }
    }

    private void EndCalls(IEnumerable<SessionId> sessions, CallEnd end, CallTotals totals, Action then) =>
        Store([.. sessions.Select(_state.FindOpenCall).OfType<RoomEvent.CallStarted>().SelectMany(c => End(c, end, totals))], then);

    /// <summary>What it records ends with it.</summary>
    private IEnumerable<RoomEvent> End(RoomEvent.CallStarted call, CallEnd end, CallTotals totals)
    {
        if (_state.FindRecording(call.Call) is { } recording)
            yield return End(recording);
        yield return new RoomEvent.CallEnded(call.Call, _clock.EndOf(call), end, totals);
    }

    private RoomEvent.RecordingEnded End(RoomEvent.RecordingBegan recording) => new(recording.Call, _clock.EndOf(recording));

    /// <summary>A member says that it records, or no more: its ports say so one after the other, and it records while one of them does.</summary>
    private void WriteRecording(RoomMember member) => Store(ChangesOfRecording(member).ToArray(), () => { });

    /// <summary>Whoever has no record of its call yet gets that first.</summary>
    private IEnumerable<RoomEvent> ChangesOfRecording(RoomMember member)
    {
        if (_state.FindOpenCall(member.Who.Id) is not { } call)
            yield break;
        var recording = _state.FindRecording(call.Call);
        if (member.IsRecording && recording is null)
            yield return new RoomEvent.RecordingBegan(call.Call, _clock.Now);
        else if (!member.IsRecording && recording is not null)
            yield return End(recording);
    }

    private void Reconfigure(RoomSync.Reconfigure command)
    {
        if (_state.Find(command.Who) is not { } member || member.Find(command.Port) is not { } port)
            return;
        if (PortSending.Of(port) == command.Sending)
        {
            member.Who.Node.Tell(
                new RoomNews.Reconfigured(_name, _audience.Stamp.SaidAgain(), command.Who, command.Port, command.Sending), ActorRefs.NoSender);
            return;
        }

        member.Add(command.Sending.Applied(port));
        Publish(stamp => new RoomNews.Reconfigured(_name, stamp, command.Who, command.Port, command.Sending));
        WriteRecording(member);
    }

    private void Say(RoomCommands.Say say)
    {
        if (_state.IsLocked || _state.Moderation.Bars(say.Speaker, _clock.Now))
            return;
        var notice = new SessionNotice.Said(say.Speaker, say.Service, say.Text);
        foreach (var node in _state.Nodes)
            node.Forwarders.Tell(new ForwarderCommands.Said(_name, say.From, notice), ActorRefs.NoSender);
        _history.Add(notice);
        if (_state.HasOwner && say.Speaker != _name)
            _users.Tell(new UserCommands.Overhear(_name, notice with { ToOwnerOf = _name }), ActorRefs.NoSender);
    }

    private void AskWhoIsHere()
    {
        _audience.AskAll();
        Timers.StartSingleTimer(AnswerLimit.Instance, AnswerLimit.Instance, _answerLimit);
        Timers.StartSingleTimer(RegisterLimit.Instance, RegisterLimit.Instance, _registerLimit);
        BecomeStacked(() =>
        {
            Command<RoomSync.Register>(register =>
            {
                Restore(register);
                if (IsWhole(register) && _audience.Answered(register.From))
                    GoOn();
            });
            Command<Terminated>(ended => GoOnWithout(GoneOf(_audience.Ended(ended.ActorRef))));
            Command<LookAgain>(again => GoOnWithout(GoneOf(again)));
            Command<AnswerLimit>(_ => GoOn());
            Command<IEntityMessage>(_ => PutAside());
        });
    }

    private void GoOn()
    {
        Timers.Cancel(AnswerLimit.Instance);
        UnbecomeStacked();
        KnowWhoIsHere();
        TakeUp();
    }

    /// <summary>As much as will be known, or all there is to be known.</summary>
    private void KnowWhoIsHere()
    {
        if (!_audience.IsWaiting)
            Timers.Cancel(RegisterLimit.Instance);
        WriteWhoIsHere();
        Count(_state.Size);
        _audience.ShowPictureToAll();
        _audience.Watch();
    }

    private void StopWaiting()
    {
        _audience.StopWaiting();
        KnowWhoIsHere();
    }

    /// <summary>While the room runs: it was not awake when its shard moved, or a node comes forward late.</summary>
    private void Register(RoomSync.Register register)
    {
        foreach (var (who, port) in Restore(register))
            Publish(stamp => Joined(stamp, who, port), except: register.From);
        if (!register.IsLast)
            return;
        // Only one of the two: an event that was just written is not in the state until it is stored.
        if (IsWhole(register) && _audience.Answered(register.From))
            KnowWhoIsHere();
        else
            WriteWhoIsHere();
        _audience.Watch();
        Count(_state.Size);
        if (_state.HasNode(register.From))
            _audience.ShowPicture(register.Node);
    }

    /// <summary>It answers this actor's question. One sent before is used too, but it may be incomplete: it was meant for an earlier owner.</summary>
    private bool IsWhole(RoomSync.Register register) => register.IsLast && register.Known == _audience.Term;

    private List<(Participant Who, JoiningPort Port)> Restore(RoomSync.Register register)
    {
        _state.HasOwner |= register.HasOwner;
        return [.. register.Members.SelectMany(m => _state.Restore(m, register.Known == _audience.Term).Select(port => (m.Who, port)))];
    }

    /// <summary>Records for those who are here and have none (they came forward too late, or nobody knew the outcome of the write that let
    /// them in): better a second one than none. Ends for those that nobody came forward for. Then who records and who does not any more.</summary>
    private void WriteWhoIsHere()
    {
        const int most = MostEventsAtOnce / 3;
        var starts = _state.Members.Where(m => !_state.HasOpenCall(m.Who.Id)).Take(most).Select(m => RoomState.Start(m.Who, _clock.Now)).ToArray();
        var ends = _audience.IsWaiting
            ? []
            : _state.OpenCalls.Where(c => _state.Find(new SessionId(c.Session)) is null).Take(most)
                .ToArray();
        bool isMore = starts.Length == most || ends.Length == most;
        Store([.. starts, .. ends.SelectMany(c => End(c, CallEnd.NodeGone, CallTotals.None))], () =>
        {
            if (isMore)
                Self.Tell(WriteOn.Instance);
            else
                WriteRecordings();
        });
    }

    private void WriteRecordings()
    {
        RoomEvent[] changes = [.. _state.Members.SelectMany(ChangesOfRecording).Take(MostEventsAtOnce)];
        Store(changes, () =>
        {
            if (changes.Length == MostEventsAtOnce)
                Self.Tell(WriteOn.Instance);
        });
    }

    /// <summary>
    /// Akka says that an actor has ended when it could not even begin to watch it: while a connection is gated, that is a dead letter. Only a node
    /// that is no member any more is gone; any other is watched again, a little later.
    /// </summary>
    private NodeId[] GoneOf(NodeId[] ended)
    {
        foreach (var node in ended.Where(n => Nodes.Find(n) is not null))
            Timers.StartSingleTimer(node, new LookAgain(node), _lookAgainAfter);
        return [.. ended.Where(n => Nodes.Find(n) is null)];
    }

    private NodeId[] GoneOf(LookAgain again)
    {
        if (Nodes.Find(again.Node) is null)
            return [again.Node];
        _audience.Watch();
        return [];
    }

    private void GoOnWithout(NodeId[] gone)
    {
        foreach (var node in gone)
            _audience.Answered(node);
        if (!_audience.IsWaiting)
            GoOn();
    }

    /// <summary>Nodes are down: whoever was there is out of the room. Should one live all the same, it registers its members anew.</summary>
    private void Lose(NodeId[] gone)
    {
        foreach (var node in gone)
        {
            Lose(node);
            if (_audience.Answered(node))
                KnowWhoIsHere();
        }
    }

    private void Lose(NodeId node)
    {
        // What they record ends, too.
        const int most = MostEventsAtOnce / 2;
        var lost = _state.Members.Where(m => m.Who.On == node).Take(most).ToArray();
        if (lost.Length == 0)
            return;
        EndCalls(lost.Select(m => m.Who.Id), CallEnd.NodeGone, CallTotals.None, () =>
        {
            foreach (var member in lost)
                Remove(member, member.Ports is [var first, ..] ? first : null);
            if (lost.Length == most)
                Self.Tell(new LostNode(node));
        });
    }

    private void Remove(RoomMember member, JoiningPort? port) => Remove(member, port?.Service ?? default, port?.Port ?? default);

    /// <summary>A member is out, and its call has ended. Its own node hears of it too, were it the last there.</summary>
    private void Remove(RoomMember member, Service service, PortId port)
    {
        Publish(stamp => new RoomNews.Left(_name, stamp, member.Who.Id, service, port, IsLast: true));
        _state.Remove(member);
        if (!_state.IsOpen)
            _history.Clear();
        Count(_state.Size);
        _audience.Watch();
    }

    private void Publish(Func<RoomStamp, RoomNews> happened, NodeId? answeredBy = null, NodeId? except = null)
    {
        _audience.Publish(happened, answeredBy, except);
        Count(_state.Size);
    }

    private RoomNews.Joined Joined(RoomStamp stamp, Participant who, JoiningPort port) =>
        new(_name, stamp, who, port, _state.Moderation.IsMuted(who.Name), _state.HasOwner, _state.Rules.KeepsHistory);

    private IEnumerable<RoomMember> Page(int after) => _state.Members.Skip(after).Take(RoomQueries.MembersPerAnswer);

    /// <summary>Whoever is being put out has been told that they have left, and is in no list that they look at then.</summary>
    private IEnumerable<RoomMember> Listed(int after) => _state.Members.Where(m => !m.IsBeingPutOut).Skip(after).Take(RoomQueries.MembersPerAnswer);

    private RoomLocations Locate(int after) => new(
        [.. Listed(after).Select(m => new LocatedMember(m.Who.Id, m.Who.Name, [.. m.Shown.Services]))],
        [.. _state.Nodes.Select(n => n.Forwarders)],
        _state.Members.Count);

    private RoomDetails Details(int after) => new(
        _name, _state.Kept is not null, _state.IsLocked, _state.MaxMembers,
        [.. Page(after).Select(Details)],
        _state.Members.Count, _state.Moderation.PutOut(_clock.Now), Standing(_state.CharterAt(_clock.Now)));

    private RoomStanding Standing(RoomCharter charter) => new(
        charter.Owner, charter.Moderators, _state.HasLobby, charter.Rules.PasswordHash is not null, charter.Rules.KeepsHistory, charter.MutesAll,
        charter.Rules.Title, charter.Rules.MessageOfTheDay, [.. _lobby.Names],
        [.. charter.Invitations.Select(i => new InvitationDetails(i.Id, i.Until, i.MaxUses, i.UsedBy.Length))]);

    private MemberDetails Details(RoomMember member)
    {
        // Whoever has no record yet has just come.
        var (since, length) = _state.FindOpenCall(member.Who.Id) is { } call ? (call.At, _clock.LengthOf(call)) : (_clock.Now, TimeSpan.Zero);
        bool isMuted = _state.Moderation.IsMuted(member.Who.Name);
        return new MemberDetails(member.Who.Name, member.Who.Id, member.Who.NodeName, [.. member.Shown.Services], isMuted, since, length, member.IsRecording);
    }

    private void Count(RoomSize size)
    {
        Metrics.Rooms.Change(_counted, size);
        _counted = size;
        if (_hasPlace == size.Members > 0)
            return;
        // It was let in elsewhere, or is empty now.
        _hasPlace = !_hasPlace;
        if (_hasPlace)
            DomainUse.Take(_name.Domain, Ceiling.Rooms);
        else
            DomainUse.GiveBack(_name.Domain, Ceiling.Rooms);
    }

    private sealed record AnswerLimit
    {
        public static AnswerLimit Instance { get; } = new();
    }

    private sealed record RegisterLimit
    {
        public static RegisterLimit Instance { get; } = new();
    }

    /// <summary>There were more than one write holds.</summary>
    private sealed record WriteOn
    {
        public static WriteOn Instance { get; } = new();
    }

    /// <summary>More members were there than one write holds.</summary>
    private sealed record LostNode(NodeId Node);

    /// <summary>It was said to have ended, and was a member still.</summary>
    private sealed record LookAgain(NodeId Node);
}
