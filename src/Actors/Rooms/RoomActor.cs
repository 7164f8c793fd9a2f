using Conference.Actors.Presence;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>
/// A room: who is in it, on which nodes. One per name in the whole cluster; it exists only while somebody is in it or asks.
/// It decides who may enter and tells every node with members what happened; no datagram comes near it.
/// </summary>
public sealed class RoomActor : EntityActor
{
    private readonly Name _name;
    private readonly Func<IActorRef> _users;
    private readonly RoomState _state;
    private readonly ConferenceMetrics _metrics;
    private bool _isCounted;

    /// <param name="name">Which room.</param>
    /// <param name="options">What holds for rooms.</param>
    /// <param name="users">The region of <see cref="UserActor"/>s, which knows this region in turn.</param>
    /// <param name="metrics">Where open rooms are counted.</param>
    public RoomActor(Name name, RoomOptions options, Func<IActorRef> users, ConferenceMetrics metrics)
    {
        _name = name;
        _users = users;
        _metrics = metrics;
        _state = new RoomState(name, options);
        On<RoomCommands.Join>(Join);
        On<RoomCommands.Leave>(Leave);
        On<RoomCommands.LeaveAll>(LeaveAll);
        On<RoomCommands.Say>(Say);
        On<RoomCommands.ListMembers>(_ => Sender.Tell(new SessionOutcome.Members(_state.Members)));
        On<RoomCommands.Find>(_ => Sender.Tell(new RoomPresence(_state.IsOpen, _state.IsFull)));
    }

    public static Props Props(Name name, RoomOptions options, Func<IActorRef> users, ConferenceMetrics metrics) =>
        Runtime.Props.Create(() => new RoomActor(name, options, users, metrics));

    /// <summary>Nobody in it: it opens anew with the next to come.</summary>
    protected override bool IsIdle => !_state.IsOpen;

    protected override void PostStop() => Count(false);

    private void Join(RoomCommands.Join join)
    {
        if (_state.Refuse(join) is { } why)
        {
            Sender.Tell(new SessionOutcome.Refused(why));
            return;
        }

        Publish(_state.Apply(join));
        if (_state.HasOwner)
            _users().Tell(new UserCommands.Call(_name, join.Port.Service, join.Who.Name));
    }

    private void Leave(RoomCommands.Leave leave)
    {
        // The node of the one who leaves must hear of it even when it was the last there.
        var nodes = _state.Nodes.ToArray();
        if (_state.Apply(leave) is { } left)
            Publish(left, nodes);
        else
            Sender.Tell(new SessionOutcome.Done());
    }

    private void LeaveAll(RoomCommands.LeaveAll leave)
    {
        var nodes = _state.Nodes.ToArray();
        if (_state.Apply(leave) is { } gone)
            Publish(gone, nodes);
    }

    private void Say(RoomCommands.Say say)
    {
        var notice = new SessionNotice.Said(say.Speaker, say.Service, say.Text);
        Publish(new RoomEvent.Said(_name, say.From, notice));
        if (_state.HasOwner && say.Speaker != _name)
            _users().Tell(new UserCommands.Overhear(_name, notice with { ToOwnerOf = _name }));
    }

    private void Count(bool open)
    {
        if (open != _isCounted)
            _metrics.Rooms(open ? +1 : -1);
        _isCounted = open;
    }

    private void Publish(RoomEvent happened) => Publish(happened, _state.Nodes);

    /// <summary>With the sender of the command: the node concerned answers it.</summary>
    private void Publish(RoomEvent happened, IEnumerable<IActorRef> nodes)
    {
        Count(_state.IsOpen);
        foreach (var node in nodes)
            node.Tell(happened, Sender);
    }
}
