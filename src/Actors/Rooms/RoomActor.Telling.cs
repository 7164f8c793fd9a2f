using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol;

namespace Conference.Actors.Rooms;

/// <summary>
/// The nodes with members, and what they are told. All hear the same events, each numbered one higher than the one before, so that a node
/// sees what it missed and asks for the picture (<see cref="RoomCommands.CatchUp"/>). A node with its first member is shown the picture
/// before that member's own event.
/// </summary>
public sealed partial class RoomActor
{
    private readonly RoomTerm _term;
    private readonly Dictionary<NodeId, IActorRef> _watched = [];
    private long _seq;

    /// <summary>Of the last event.</summary>
    private RoomStamp Stamp => new(_term, _seq);

    /// <param name="happened">What, with its stamp.</param>
    /// <param name="answeredBy">The node that answers the sender of the command.</param>
    /// <param name="except">The node that is shown the picture instead.</param>
    private void Publish(Func<RoomStamp, RoomEvent> happened, NodeId? answeredBy = null, NodeId? except = null)
    {
        var told = happened(new RoomStamp(_term, ++_seq));
        foreach (var node in _state.Nodes.Where(n => n.Id != except))
            node.Forwarders.Tell(told, node.Id == answeredBy ? Cell.SenderOrNone : ActorRefs.NoSender);
        Count(_state.Size);
    }

    private void ShowPicture(IActorRef forwarders)
    {
        var parts = RoomPicture.Parts(_state.Members.Select(m => m.Pictured), m => m.Ports.Length);
        ImmutableArray<NodeId> unheard = [.. _unheard];
        for (int i = 0; i < parts.Count; i++)
        {
            forwarders.Tell(
                new RoomEvent.Picture(_name, Stamp, i, parts.Count, [.. parts[i]], _state.AllMuted, unheard, _state.HasOwner), ActorRefs.NoSender);
        }
    }

    private void ShowPictureToAll()
    {
        Count(_state.Size);
        foreach (var node in _state.Nodes)
            ShowPicture(node.Forwarders);
    }

    private void CatchUp(RoomCommands.CatchUp behind)
    {
        if (behind.Heard.Term != _term)
            behind.Node.Tell(new RoomEvent.Recovered(_name, Stamp), ActorRefs.NoSender);
        else if (behind.Heard != Stamp)
            ShowPicture(behind.Node);
    }

    /// <summary>A member is out, and its call has ended. Its own node hears of it too, were it the last there.</summary>
    private void Remove(RoomMember member, Service service, PortId port)
    {
        Publish(stamp => new RoomEvent.Left(_name, stamp, member.Who.Id, service, port, IsLast: true));
        _state.Remove(member);
        Count(_state.Size);
        WatchNodes();
    }

    /// <summary>Other nodes with members, and those that have not said yet who is there, are watched: they end when they are declared down.</summary>
    private void WatchNodes()
    {
        foreach (var (id, forwarders) in _watched.Where(w => !_state.HasNode(w.Key) && !_unheard.Contains(w.Key)).ToArray())
        {
            _watched.Remove(id);
            Context.Unwatch(forwarders);
        }

        foreach (var node in _state.Nodes)
            Watch(node.Id, node.Forwarders);
        foreach (var id in _unheard)
            Watch(id, _node.Nodes.Forwarders(id));
    }

    private void Watch(NodeId id, IActorRef forwarders)
    {
        // This node's own end is this room's too.
        if (id != _node.Cluster.Self && _watched.TryAdd(id, forwarders))
            Context.Watch(forwarders);
    }

    /// <summary>A node is down: whoever was there is out of the room. Should it come back, it registers its members anew.</summary>
    private void NodeEnded(Terminated ended)
    {
        foreach (var id in TakeWatched(ended.ActorRef))
        {
            Lose(id);
            Hear(id);
        }
    }

    private NodeId[] TakeWatched(IActorRef forwarders)
    {
        NodeId[] nodes = [.. _watched.Where(w => w.Value.Equals(forwarders)).Select(w => w.Key)];
        foreach (var id in nodes)
            _watched.Remove(id);
        return nodes;
    }

    private void Lose(NodeId node)
    {
        var lost = _state.Members.Where(m => m.Who.On == node).Take(MostAtOnce).ToArray();
        foreach (var member in lost)
            EndCall(member.Who.Id, CallEnd.NodeGone, CallTotals.None, () => Lose(member));
        if (lost.Length == MostAtOnce)
            Self.Tell(new LostNode(node));
    }

    private void Lose(RoomMember member)
    {
        var port = member.Ports is [var first, ..] ? first : null;
        Remove(member, port?.Service ?? default, port?.Port ?? default);
    }

    /// <summary>More members were there than one write holds.</summary>
    private sealed record LostNode(NodeId Node);
}
