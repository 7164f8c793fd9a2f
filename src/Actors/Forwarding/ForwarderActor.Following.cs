using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// What the room says, and what is done where that is not all: something missed is asked for, a room that is new is told who is here, and
/// now and then both compare. All of it is said again until the room's picture shows that it holds.
/// </summary>
public sealed partial class ForwarderActor
{
    /// <summary>Finds what was lost behind which nothing came. Each room with members costs one message in that time.</summary>
    private static readonly TimeSpan _compareEvery = TimeSpan.FromSeconds(10);

    /// <summary>What ports send that the room has not repeated yet.</summary>
    private readonly Dictionary<PortId, RoomCommands.Reconfigure> _toReconfigure = [];

    private ClusterView _view;
    private NodeId _self;

    /// <summary>The room is to be told who is here.</summary>
    private bool _isToRegister;

    /// <summary>Something was missed, and the picture asked for.</summary>
    private bool _isBehind;

    private void Joined(RoomEvent.Joined joined)
    {
        var hearing = Hear(joined);
        if (joined.Who.On == _self)
            TakeIn(joined, hearing);
        // Told to this node again, it is known to all.
        if (hearing is not (Hearing.Stale or Hearing.Repeated) && _mirror.Join(joined))
            TellAllBut(joined.Who.Id, new SessionNotice.Joined(joined.Who.Name));
        ApplyRoutes();
        TellSpeaker(joined.Who.On);
        if (joined.Who.On == _self && _state.StandingOf(joined.Who.Id, joined.Port) == PortStanding.In)
            Context.Answer(new SessionOutcome.Connected(joined.Port.Number));
    }

    private void TakeIn(RoomEvent.Joined joined, Hearing hearing)
    {
        bool isNews = hearing is not (Hearing.Stale or Hearing.Repeated);
        var standing = _state.StandingOf(joined.Who.Id, joined.Port);
        if (standing == PortStanding.Unknown || (standing == PortStanding.Replaced && isNews))
            TakeIn(joined.Who, joined.Port);
        // An owner that is none any more let it in; the present one may not know.
        if (hearing == Hearing.Stale)
            Register();
    }

    private void Left(RoomEvent.Left left)
    {
        if (Hear(left) is Hearing.Stale or Hearing.Repeated)
            return;
        if (_mirror.Leave(left) is { } gone)
            TellAllBut(left.Who, new SessionNotice.Left(gone.Name));
        ApplyRoutes();
        // Of somebody who is here, only this node can say it.
        if (_state.Has(left.Who, left.Port))
        {
            _isToRegister = true;
            TellUntilTaken();
        }
    }

    private void PutOut(RoomEvent.PutOut putOut)
    {
        if (Hear(putOut) is Hearing.Stale or Hearing.Repeated)
            return;
        _mirror.PutOut(putOut.Who);
        PutOut(putOut.Who);
        ApplyRoutes();
    }

    /// <summary>It hears nothing from now on; its session closes its ports, and those take their leave.</summary>
    private void PutOut(SessionId who) => _state.PutOut(who)?.Tell(new SessionNotice.PutOut(_room));

    private void Muted(RoomEvent.Muted muted)
    {
        if (Hear(muted) is Hearing.Stale or Hearing.Repeated)
            return;
        _mirror.SetMuted(muted.Member, muted.IsMuted);
        ApplyRoutes();
        Context.Answer(new SessionOutcome.Done());
    }

    private void Reconfigured(RoomEvent.Reconfigured changed)
    {
        var hearing = Hear(changed);
        if (hearing == Hearing.Stale)
            return;
        if (_toReconfigure.TryGetValue(changed.Port, out var told) && told.Sending == changed.Sending)
            _toReconfigure.Remove(changed.Port);
        if (hearing == Hearing.Repeated)
            return;
        _mirror.Reconfigure(changed.Who, changed.Port, changed.Sending);
        ApplyRoutes();
    }

    private Hearing Hear(RoomEvent happened)
    {
        var hearing = _mirror.Hear(happened.Stamp);
        if (hearing == Hearing.NewTerm)
            Register();
        else if (hearing == Hearing.Missed && !_isBehind)
        {
            _node.Metrics.RoomEventMissed();
            _isBehind = true;
            CatchUp();
            TellUntilTaken();
        }

        return hearing;
    }

    private void TakePicture(RoomEvent.Picture picture)
    {
        if (_mirror.Take(picture) is not var (came, went))
            return;
        _isBehind = false;
        // Shown to a node without members: its first is about to be told of. Who stopped now would have to ask for it again.
        if (_state.IsEmpty)
            Timers.StartSingleTimer(Expecting.Instance, Expecting.Instance, _patience);
        foreach (var member in _mirror.Members.Where(m => m.Who.On == _self))
        {
            // Let in, and the news lost. Should nobody hold the port by now, it leaves again at once.
            foreach (var port in member.Ports.Values.Where(p => _state.StandingOf(member.Who.Id, p) == PortStanding.Unknown))
                TakeIn(member.Who, port);
            if (member.IsBeingPutOut)
                PutOut(member.Who.Id);
        }

        foreach (var who in came)
            TellAllBut(who.Id, new SessionNotice.Joined(who.Name));
        foreach (var who in went)
            TellAllBut(who.Id, new SessionNotice.Left(who.Name));
        ApplyRoutes();
        CompareWithPicture();
    }

    /// <summary>What the room has not got right yet is told by and by: it may be on its way.</summary>
    private void CompareWithPicture()
    {
        _isToRegister = IsBehindView;
        _toReconfigure.Clear();
        foreach (var (who, port) in _state.Ports)
        {
            var shown = _mirror.Find(who.Id)?.Ports.GetValueOrDefault(port.Service);
            if (shown?.Port != port.Port)
                _isToRegister = true;
            else if (PortSending.Of(shown) != PortSending.Of(port))
                _toReconfigure[port.Port] = new RoomCommands.Reconfigure(_room, who.Id, port.Port, PortSending.Of(port));
        }

        TellUntilTaken();
    }

    private void Recovered(RoomEvent.Recovered recovered)
    {
        if (_mirror.Begin(recovered.Stamp.Term))
            Register();
    }

    /// <summary>Says who is here, even if it is nobody.</summary>
    private void Register()
    {
        _isToRegister = true;
        var parts = RoomPicture.Parts(_state.Registered, m => m.Ports.Length + m.Leaving.Length);
        for (int i = 0; i < parts.Count; i++)
        {
            _node.Rooms().Tell(
                new RoomCommands.Register(
                    _room, _self, _node.Forwarders(), _mirror.Term, [.. parts[i]], IsLast: i == parts.Count - 1, _mirror.HasOwner),
                ActorRefs.NoSender);
        }

        TellWhoLeft();
        TellUntilTaken();
    }

    private void CatchUp() =>
        _node.Rooms().Tell(new RoomCommands.CatchUp(_room, _self, _node.Forwarders(), _mirror.Heard), ActorRefs.NoSender);

    private void TellSending(SessionId who, JoiningPort port)
    {
        var command = _toReconfigure[port.Port] = new RoomCommands.Reconfigure(_room, who, port.Port, PortSending.Of(port));
        _node.Rooms().Tell(command, ActorRefs.NoSender);
        TellUntilTaken();
    }

    private void TellWhoLeft()
    {
        foreach (var leave in _state.Leaving)
            _node.Rooms().Tell(leave, Self);
    }

    private void TellUntilTaken()
    {
        if (IsAnythingOpen && !Timers.IsTimerActive(TellAgain.Instance))
            Timers.StartPeriodicTimer(TellAgain.Instance, TellAgain.Instance, _patience);
    }

    private bool IsAnythingOpen => _state.Leaving.Any() || _isToRegister || _isBehind || _toReconfigure.Count > 0;

    private void TellWhatIsOpen()
    {
        if (!IsAnythingOpen)
        {
            Timers.Cancel(TellAgain.Instance);
            return;
        }

        foreach (var port in _toReconfigure.Keys.Except(_state.Ports.Select(p => p.Port.Port)).ToArray())
            _toReconfigure.Remove(port);
        foreach (var command in _toReconfigure.Values)
            _node.Rooms().Tell(command, ActorRefs.NoSender);
        if (_isToRegister)
            Register();
        else
        {
            TellWhoLeft();
            if (_isBehind)
                CatchUp();
        }
    }

    private void CompareWithRoom()
    {
        if (_state.IsEmpty)
            Timers.Cancel(Compare.Instance);
        else
            CatchUp();
    }

    /// <summary>The way to the room is open again, and what was said on it before may be lost.</summary>
    private void Resume(NodeId node)
    {
        if (_state.IsEmpty || _view[ShardOf.Name(_room)].Owner != node)
            return;
        TellWhatIsOpen();
        if (!_isBehind)
            CatchUp();
    }

    /// <summary>The room has an owner that has not shown its picture yet.</summary>
    private bool IsBehindView => _view[ShardOf.Name(_room)].Epoch > _mirror.Term.Epoch;

    /// <summary>Nodes that are gone, and their members with them; an owner that is new, and is to know who is here; and this node itself.</summary>
    private void Look(ClusterView view)
    {
        var before = _view;
        _view = view;
        var lost = _mirror.Lose(node => node != _self && view.Find(node) is null && before.Find(node) is not null);
        foreach (var who in lost)
            TellAllBut(who.Id, new SessionNotice.Left(who.Name));
        if (lost.Count > 0)
            ApplyRoutes();
        bool isNewOwner = IsBehindView && before[ShardOf.Name(_room)].Epoch != view[ShardOf.Name(_room)].Epoch;
        if (_self != _node.Cluster.Self)
        {
            _self = _node.Cluster.Self;
            _state.Move(_self);
            isNewOwner = true;
        }

        if (isNewOwner && !_state.IsEmpty)
            Register();
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
