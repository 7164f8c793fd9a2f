using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Rooms;

/// <summary>
/// The nodes with members of one room, and what they are told. All hear the same news, each numbered one higher than the one before, so that a node
/// sees what it missed and asks for the picture (<see cref="RoomSync.CatchUp"/>). A node with its first member is shown the picture
/// before that member's own news. Part of the room's actor.
/// </summary>
internal sealed class RoomAudience(Name room, RoomState state, IActorContext context, IClusterNodes nodes)
{
    private readonly Dictionary<NodeId, IActorRef> _watched = [];

    /// <summary>Nodes that have not said yet who is there.</summary>
    private readonly HashSet<NodeId> _unanswered = [];

    private long _seq;

    /// <summary>None until the room has stored something: before that it tells nothing.</summary>
    public RoomTerm Term { get; set; }

    /// <summary>Of the last news.</summary>
    public RoomStamp Stamp => new(Term, _seq);

    public bool IsWaiting => _unanswered.Count > 0;

    /// <param name="happened">What, with its stamp.</param>
    /// <param name="answeredBy">The node that answers the sender of the command.</param>
    /// <param name="except">The node that is shown the picture instead.</param>
    public void Publish(Func<RoomStamp, RoomNews> happened, NodeId? answeredBy = null, NodeId? except = null)
    {
        var told = Tracing.Traced.Wrap(happened(new RoomStamp(Term, ++_seq)));
        foreach (var node in state.Nodes.Where(n => n.Id != except))
            node.Forwarders.Tell(told, node.Id == answeredBy ? context.Asker() : ActorRefs.NoSender);
    }

    public void ShowPicture(IActorRef forwarders)
    {
        var parts = RoomPicture.Parts(state.Members.Select(m => m.Pictured), m => m.Ports.Length);
        ImmutableArray<NodeId> unheard = [.. _unanswered];
        for (int i = 0; i < parts.Count; i++)
        {
            forwarders.Tell(
                new RoomNews.Picture(room, Stamp, context.Self, i, parts.Count, [.. parts[i]], state.Moderation.Muted, unheard, state.HasOwner, state.Rules.KeepsHistory), ActorRefs.NoSender);
        }
    }

    public void ShowPictureToAll()
    {
        foreach (var node in state.Nodes)
            ShowPicture(node.Forwarders);
    }

    /// <summary>A node says how far it has heard: it is told what to do about it.</summary>
    public void CatchUp(RoomSync.CatchUp behind)
    {
        if (behind.Heard.Term != Term)
            behind.Node.Tell(new RoomNews.Resumed(room, Stamp, context.Self), ActorRefs.NoSender);
        else if (behind.Heard != Stamp)
            ShowPicture(behind.Node);
    }

    /// <summary>Every node of the cluster is to say who is there.</summary>
    public void AskAll()
    {
        foreach (var node in nodes.All)
        {
            _unanswered.Add(node.Id);
            nodes.Forwarders(node.Id).Tell(new RoomNews.Resumed(room, Stamp, context.Self), ActorRefs.NoSender);
        }

        Watch();
    }

    /// <summary>A node has said who is there, or is gone.</summary>
    /// <returns>True when it was the last that was waited for.</returns>
    public bool Answered(NodeId node) => _unanswered.Remove(node) && _unanswered.Count == 0;

    /// <summary>Whoever has said nothing by now has lost its way here; it comes forward when that is open again.</summary>
    public void StopWaiting() => _unanswered.Clear();

    /// <summary>Other nodes with members, and those that have not said yet who is there, are watched: they end when they are removed.</summary>
    public void Watch()
    {
        foreach (var (id, forwarders) in _watched.Where(w => !state.HasNode(w.Key) && !_unanswered.Contains(w.Key)).ToArray())
        {
            _watched.Remove(id);
            context.Unwatch(forwarders);
        }

        foreach (var node in state.Nodes)
            Watch(node.Id, node.Forwarders);
        foreach (var id in _unanswered)
            Watch(id, nodes.Forwarders(id));
    }

    /// <summary>The nodes whose forwarders have ended.</summary>
    public NodeId[] Ended(IActorRef forwarders)
    {
        NodeId[] ended = [.. _watched.Where(w => w.Value.Equals(forwarders)).Select(w => w.Key)];
        foreach (var id in ended)
            _watched.Remove(id);
        return ended;
    }

    private void Watch(NodeId id, IActorRef forwarders)
    {
        // This node needs no watching: when it ends, this actor ends with it.
        if (id != nodes.Self && _watched.TryAdd(id, forwarders))
            context.Watch(forwarders);
    }
}
