using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Actors.Presence;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>
/// A room: who is in it, on which nodes. One per name in the whole cluster; it runs only while somebody is in it or asks. It
/// decides who may enter and tells every node with members what happened; no datagram comes near it. Who was let in is
/// journaled before it is answered.
/// </summary>
public sealed partial class RoomActor : PersistentEntityActor, IWithStash
{
    private const int EventsPerSnapshot = 100;

    /// <summary>Calls begun or ended by one write: a room may hold more members than a write holds events.</summary>
    private const int MostAtOnce = JournalWrite.MaxEvents / 2;

    private readonly Name _name;
    private readonly RoomContext _node;
    private readonly RoomState _state;
    private RoomSize _counted;

    /// <param name="name">Which room.</param>
    /// <param name="node">What the node provides.</param>
    public RoomActor(Name name, RoomContext node)
    {
        _name = name;
        _node = node;
        _state = new RoomState(name, node.Options);
        _term = new RoomTerm(Epoch, Random.Shared.NextInt64(1, long.MaxValue));
        Recover<SnapshotOffer>(offer => _state.Recover((RoomSnapshot)offer.Snapshot));
        Recover<RoomJournalEvent>(_state.Apply);
        Recover<RecoveryCompleted>(_ => AskWhoIsHere());
        On<RoomCommands.Join>(Join);
        On<RoomCommands.Leave>(Leave);
        On<RoomCommands.Reconfigure>(Reconfigure);
        On<RoomCommands.Register>(Register);
        On<RoomCommands.CatchUp>(CatchUp);
        On<Terminated>(NodeEnded);
        On<RegisterLimit>(_ => StopWaiting());
        On<WriteOn>(_ => WriteWhoIsHere());
        On<LostNode>(lost => Lose(lost.Node));
        On<RoomCommands.Say>(Say);
        On<RoomCommands.ListMembers>(_ => Context.Answer(new SessionOutcome.Members([.. _state.Members.Select(m => m.Shown)])));
        On<RoomCommands.Locate>(_ => Context.Answer(new RoomLocations(
            [.. _state.Members.Select(m => new LocatedMember(m.Who.Id, m.Shown))], [.. _state.Nodes.Select(n => n.Forwarders)])));
        On<RoomCommands.Find>(_ => Context.Answer(new RoomPresence(_state.IsOpen, _state.Kept is not null, _state.IsFull || _state.IsLocked)));
        On<RoomCommands.Describe>(_ => Context.Answer(Details()));
        On<RoomCommands.Keep>(Keep);
        On<RoomCommands.Close>(Close);
        On<RoomCommands.PutOut>(PutOut);
        On<RoomCommands.Mute>(Mute);
    }

    public override PersistenceId PersistenceId => PersistenceId.Room(_name);

    public IStash Stash { get; set; } = null!;

    /// <summary>Nobody in it: it comes back from its journal with the next to come.</summary>
    protected override bool IsIdle => !_state.IsOpen && _state.OpenCalls.Count == 0;

    private DateTimeOffset Now => Context.System.TimeProvider.GetUtcNow();

    public static Props Props(Name name, RoomContext node) => Runtime.Props.Create(() => new RoomActor(name, node));

    protected override void PostStop() => Count(default);

    private void Join(RoomCommands.Join join)
    {
        if (_state.Refuse(join) is { } why)
            Context.Answer(new SessionOutcome.Refused(why));
        else if (_state.Find(join.Who.Id)?.Find(join.Port.Port) is { } port)
        {
            // Asked again: its node has perhaps not heard of it. The others have, or will see that they missed something.
            ShowPicture(join.Who.Node);
            join.Who.Node.Tell(Joined(Stamp.SaidAgain(), join.Who, port), Cell.SenderOrNone);
        }
        else if (_state.HasOpenCall(join.Who.Id))
            Admit(join);
        else
            StartCall(join.Who, () => Admit(join));
    }

    private void StartCall(Participant who, Action then)
    {
        var started = new RoomJournalEvent.CallStarted(Guid.CreateVersion7(Now), who.Name, who.Id.Value, who.NodeName, Now);
        Persist(
            started,
            _ =>
            {
                Apply(started);
                then();
            },
            new ReadModelChange.Call(_state.Record(started)));
    }

    private void Admit(RoomCommands.Join join)
    {
        _state.HasOwner = join.HasOwner;
        // A node without members knows nothing of the room, or what it was.
        if (!_state.HasNode(join.Who.On))
            ShowPicture(join.Who.Node);
        _state.Admit(join.Who, join.Port);
        Publish(stamp => Joined(stamp, join.Who, join.Port), answeredBy: join.Who.On);
        WatchNodes();
        if (_state.HasOwner)
            _node.Users().Tell(new UserCommands.Call(_name, join.Port.Service, join.Who.Name));
    }

    private void Leave(RoomCommands.Leave leave)
    {
        // The way events go, not straight back: behind the member's Joined, if there was one in between.
        var taken = new ForwarderCommands.LeaveTaken(_name, _term, leave.Who, leave.Port);
        _state.Forget(leave);
        if (_state.Find(leave.Who) is not { } member || !member.Remove(leave.Service, leave.Port))
            leave.Node.Tell(taken, ActorRefs.NoSender);
        else if (member.HasServices)
        {
            Publish(stamp => new RoomEvent.Left(_name, stamp, leave.Who, leave.Service, leave.Port, IsLast: false));
            leave.Node.Tell(taken, ActorRefs.NoSender);
        }
        else
        {
            EndCall(leave.Who, member.EndOf(leave.End), leave.Totals, () =>
            {
                Remove(member, leave.Service, leave.Port);
                leave.Node.Tell(taken, ActorRefs.NoSender);
            });
        }
    }

    private void EndCall(SessionId session, CallEnd end, CallTotals totals, Action then)
    {
        if (_state.End(session, Now, end, totals) is not { } call)
        {
            then();
            return;
        }

        Persist(
            call.Ended,
            _ =>
            {
                Apply(call.Ended);
                then();
            },
            new ReadModelChange.Call(call.Record));
    }

    private void Reconfigure(RoomCommands.Reconfigure command)
    {
        if (_state.Find(command.Who) is not { } member || member.Find(command.Port) is not { } port)
            return;
        if (PortSending.Of(port) == command.Sending)
        {
            member.Who.Node.Tell(new RoomEvent.Reconfigured(_name, Stamp.SaidAgain(), command.Who, command.Port, command.Sending), ActorRefs.NoSender);
            return;
        }

        member.Add(command.Sending.Applied(port));
        Publish(stamp => new RoomEvent.Reconfigured(_name, stamp, command.Who, command.Port, command.Sending));
    }

    private void Say(RoomCommands.Say say)
    {
        if (_state.IsLocked)
            return;
        var notice = new SessionNotice.Said(say.Speaker, say.Service, say.Text);
        foreach (var node in _state.Nodes)
            node.Forwarders.Tell(new ForwarderCommands.Said(_name, say.From, notice), ActorRefs.NoSender);
        if (_state.HasOwner && say.Speaker != _name)
            _node.Users().Tell(new UserCommands.Overhear(_name, notice with { ToOwnerOf = _name }));
    }

    private RoomEvent.Joined Joined(RoomStamp stamp, Participant who, JoiningPort port) =>
        new(_name, stamp, who, port, _state.IsMuted(who.Name), _state.HasOwner);

    private void Apply(RoomJournalEvent happened)
    {
        _state.Apply(happened);
        if (LastSequenceNr - SnapshotSequenceNr >= EventsPerSnapshot)
            SaveSnapshot(_state.Snapshot);
    }

    private void Count(RoomSize size)
    {
        _node.Metrics.Rooms.Change(_counted, size);
        _counted = size;
    }
}
