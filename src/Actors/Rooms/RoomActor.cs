using System.Globalization;
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
public sealed class RoomActor : PersistentEntityActor, IWithStash
{
    private const int EventsPerSnapshot = 100;

    /// <summary>Calls begun or ended by one write: a room may hold more members than a write holds events.</summary>
    private const int MostAtOnce = JournalWrite.MaxEvents / 2;

    /// <summary>How long a recovered room waits for its node to say who is in it.</summary>
    private static readonly TimeSpan _registerLimit = TimeSpan.FromSeconds(2);

    private readonly Name _name;
    private readonly RoomContext _node;
    private readonly RoomState _state;
    private readonly RoomTerm _term = new(0, Random.Shared.NextInt64(1, long.MaxValue));
    private long _seq;
    private RoomSize _counted;

    /// <param name="name">Which room.</param>
    /// <param name="node">What the node provides.</param>
    public RoomActor(Name name, RoomContext node)
    {
        _name = name;
        _node = node;
        _state = new RoomState(name, node.Options);
        Recover<SnapshotOffer>(offer => _state.Recover((RoomSnapshot)offer.Snapshot));
        Recover<RoomJournalEvent>(_state.Apply);
        Recover<RecoveryCompleted>(_ => AskWhoIsHere());
        On<RoomCommands.Join>(Join);
        On<RoomCommands.Leave>(Leave);
        On<RoomCommands.Register>(Register);
        On<RoomCommands.Say>(Say);
        On<RoomCommands.ListMembers>(_ => Context.Answer(new SessionOutcome.Members([.. _state.Members.Select(m => m.Shown)])));
        On<RoomCommands.Locate>(_ => Context.Answer(new RoomLocations(
            [.. _state.Members.Select(m => new LocatedMember(m.Who.Id, m.Shown))], [.. _state.Nodes])));
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

    protected override void PostStop() => Count(false);

    /// <summary>The journal says calls are open, but not how their members are reached. Whoever does not come forward is gone with its node.</summary>
    private void AskWhoIsHere()
    {
        if (_state.OpenCalls.Count == 0)
            return;
        _node.Forwarders().Tell(new RoomEvent.Recovered(_name, Stamp), Self);
        Timers.StartSingleTimer(RegisterLimit.Instance, RegisterLimit.Instance, _registerLimit);
        BecomeStacked(() =>
        {
            Command<RoomCommands.Register>(register =>
            {
                Timers.Cancel(RegisterLimit.Instance);
                UnbecomeStacked();
                Register(register);
                Publish(new RoomEvent.Picture(_name, Stamp, 0, 1, [], _state.Snapshot.Muted, [], _state.HasOwner));
                Stash.UnstashAll();
            });
            Command<RegisterLimit>(_ => Self.Tell(Nobody));
            CommandAny(_ => Stash.Stash());
        });
    }

    private void Register(RoomCommands.Register register)
    {
        foreach (var member in register.Members)
            _state.Restore(member);
        Count(_state.IsOpen);
        // Who came forward too late, or was let in by a write that nobody knew the outcome of: better a second record than none.
        var unrecorded = _state.Members.Where(m => !_state.HasOpenCall(m.Who.Id)).Take(MostAtOnce).ToArray();
        foreach (var member in unrecorded)
            StartCall(member.Who, () => { });
        var gone = _state.OpenCalls.Where(c => _state.Find(new SessionId(c.Session)) is null).Take(MostAtOnce).ToArray();
        foreach (var call in gone)
            EndCall(new SessionId(call.Session), CallEnd.NodeGone, CallTotals.None, () => { });
        if (unrecorded.Length == MostAtOnce || gone.Length == MostAtOnce)
            Self.Tell(Nobody);
    }

    private void Join(RoomCommands.Join join)
    {
        if (_state.Refuse(join) is { } why)
        {
            Context.Answer(new SessionOutcome.Refused(why));
            return;
        }

        if (_state.Find(join.Who.Id) is not null)
        {
            Admit(join);
            return;
        }

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
        Publish(_state.Admit(join, NextStamp()));
        if (_state.HasOwner)
            _node.Users().Tell(new UserCommands.Call(_name, join.Port.Service, join.Who.Name));
    }

    private void Leave(RoomCommands.Leave leave)
    {
        var taken = new ForwarderCommands.LeaveTaken(_name, _term, leave.Who, leave.Port);
        // The way events go, not straight back: behind the member's Joined, if there was one in between.
        if (_state.Find(leave.Who) is not { } member)
            leave.Node.Tell(taken);
        else if (!member.Remove(leave.Service, leave.Port))
            member.Who.Node.Tell(taken);
        else if (member.HasServices)
        {
            Publish(new RoomEvent.Left(_name, NextStamp(), leave.Who, leave.Service, leave.Port, IsLast: false));
            member.Who.Node.Tell(taken);
        }
        else
        {
            EndCall(leave.Who, member.EndOf(leave.End), leave.Totals, () =>
            {
                // The node of the one who leaves must hear of it even when it was the last there.
                var nodes = _state.Nodes;
                _state.Remove(member.Who);
                Publish(new RoomEvent.Left(_name, NextStamp(), leave.Who, leave.Service, leave.Port, IsLast: true), nodes);
                member.Who.Node.Tell(taken);
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

    private void Say(RoomCommands.Say say)
    {
        if (_state.IsLocked && _state.Find(say.From) is null)
            return;
        var notice = new SessionNotice.Said(say.Speaker, say.Service, say.Text);
        foreach (var node in _state.Nodes)
            node.Tell(new ForwarderCommands.Said(_name, say.From, notice));
        if (_state.HasOwner && say.Speaker != _name)
            _node.Users().Tell(new UserCommands.Overhear(_name, notice with { ToOwnerOf = _name }));
    }

    private void Keep(RoomCommands.Keep keep)
    {
        var kept = new RoomJournalEvent.RoomKept(keep.MaxMembers, keep.IsLocked);
        string details = string.Create(
            CultureInfo.InvariantCulture, $$"""{"maxMembers":{{keep.MaxMembers}},"locked":{{(keep.IsLocked ? "true" : "false")}}}""");
        Persist(
            kept,
            _ =>
            {
                Apply(kept);
                Context.Answer(new SessionOutcome.Done());
            },
            new ReadModelChange.Present(new DirectoryEntry(DirectoryKind.Room, _name, details)));
    }

    private void Close(RoomCommands.Close close)
    {
        foreach (var member in _state.Members.ToArray())
            StartPuttingOut(member);
        if (_state.Kept is null)
        {
            Context.Answer(new SessionOutcome.Done());
            return;
        }

        var closed = new RoomJournalEvent.RoomClosed();
        Persist(
            closed,
            _ =>
            {
                Apply(closed);
                Context.Answer(new SessionOutcome.Done());
            },
            new ReadModelChange.Absent(DirectoryKind.Room, _name));
    }

    private void PutOut(RoomCommands.PutOut putOut)
    {
        var members = _state.Members.Where(m => m.Who.Name == putOut.Member).ToArray();
        foreach (var member in members)
            StartPuttingOut(member);
        Context.Answer(members.Length > 0 ? new SessionOutcome.Done() : new SessionOutcome.NotFound());
    }

    /// <summary>Its ports close on its node, and leave with what went through them.</summary>
    private void StartPuttingOut(RoomMember member)
    {
        member.IsBeingPutOut = true;
        Publish(new RoomEvent.PutOut(_name, NextStamp(), member.Who.Id));
    }

    private void Mute(RoomCommands.Mute mute)
    {
        if (_state.Members.All(m => m.Who.Name != mute.Member))
        {
            Context.Answer(new SessionOutcome.NotFound());
            return;
        }

        var muted = new RoomJournalEvent.MemberMuted(mute.Member, mute.IsMuted);
        Persist(muted, _ =>
        {
            Apply(muted);
            Publish(new RoomEvent.Muted(_name, NextStamp(), mute.Member, mute.IsMuted));
            Context.Answer(new SessionOutcome.Done());
        });
    }

    private RoomDetails Details() => new(
        _name, _state.Kept is not null, _state.IsLocked, _state.MaxMembers,
        [.. _state.Members.Select(m => new MemberDetails(
            m.Who.Name, m.Who.Id, m.Who.NodeName, [.. m.Shown.Services], _state.IsMuted(m.Who.Name),
            _state.OpenCalls.FirstOrDefault(c => c.Session == m.Who.Id.Value)?.At ?? Now))]);

    private void Apply(RoomJournalEvent happened)
    {
        _state.Apply(happened);
        if (LastSequenceNr - SnapshotSequenceNr >= EventsPerSnapshot)
            SaveSnapshot(_state.Snapshot);
    }

    private RoomStamp Stamp => new(_term, _seq);

    private RoomCommands.Register Nobody => new(_name, default, ActorRefs.Nobody, _term, [], IsLast: true, HasOwner: false);

    private RoomStamp NextStamp() => new(_term, ++_seq);

    private void Count(bool open)
    {
        var size = open ? new RoomSize(_state.Members.Count, _state.Nodes.Length) : default;
        _node.Metrics.Rooms.Change(_counted, size);
        _counted = size;
    }

    private void Publish(RoomEvent happened) => Publish(happened, _state.Nodes);

    /// <summary>With the sender of the command: the node concerned answers it.</summary>
    private void Publish(RoomEvent happened, IEnumerable<IActorRef> nodes)
    {
        Count(_state.IsOpen);
        foreach (var node in nodes)
            node.Tell(happened, Sender);
    }

    private sealed record RegisterLimit
    {
        public static RegisterLimit Instance { get; } = new();
    }
}
