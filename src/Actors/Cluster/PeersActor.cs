using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Conference.Media;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.Cluster;

/// <summary>
/// This node's acquaintance with the others: who they are, that the way to them is open, and by which keys media goes to them.
/// </summary>
/// <remarks>
/// What Akka tells while an association is broken is lost. So a node is greeted until it answers, when it comes and whenever its association was
/// lost; then rooms are looked after anew, and keys that were not acknowledged are offered again.
/// </remarks>
public sealed class PeersActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _greetEvery = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _lookAtKeysEvery = TimeSpan.FromMinutes(1);

    private readonly ClusterNodes _nodes;
    private readonly IMediaPlane _plane;
    private readonly IActorRef _forwarders;
    private readonly ILogger _log;
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<NodeId, Peer> _peers = [];
    private NodeCard _self;

    /// <param name="self">What this node says of itself.</param>
    /// <param name="nodes">Where what the others say is kept.</param>
    /// <param name="plane">Whose keys they are.</param>
    /// <param name="forwarders">Hears of nodes that come and go.</param>
    /// <param name="log">Hears of names that several have.</param>
    public PeersActor(NodeCard self, ClusterNodes nodes, IMediaPlane plane, IActorRef forwarders, ILogger log)
    {
        (_self, _nodes, _plane, _forwarders, _log) = (self, nodes, plane, forwarders, log);
        Receive<ClusterEvent.MemberRemoved>(removed => Removed(removed.Member));
        Receive<ClusterEvent.IMemberEvent>(known => Known(known.Member));
        Receive<ClusterEvent.ReachableMember>(reachable => GreetAgain(reachable.Member.Address));
        Receive<ClusterEvent.UnreachableMember>(_ => { });
        Receive<DisassociatedEvent>(lost => GreetAgain(lost.RemoteAddress));
        Receive<AssociatedEvent>(open => GreetAgain(open.RemoteAddress));
        Receive<PeerMessages.Hello>(Greeted);
        Receive<PeerMessages.OfferTrunk>(Offered);
        Receive<PeerMessages.TrunkTaken>(Taken);
        Receive<PeerMessages.SetDraining>(set => Tell(_self with { IsDraining = set.IsDraining }));
        Receive<PeerMessages.SetLeaving>(_ => Tell(_self with { IsLeaving = true }));
        Receive<GreetNow>(_ => GreetAll());
        Receive<LookAtKeys>(_ => RenewKeys());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Clock => Context.System.Scheduler.MonotonicClock;

    public static Props Props(NodeCard self, ClusterNodes nodes, IMediaPlane plane, IActorRef forwarders, ILogger log) =>
        global::Akka.Actor.Props.Create(() => new PeersActor(self, nodes, plane, forwarders, log));

    protected override void PreStart()
    {
        _nodes.Know(_self);
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachableMember), typeof(ClusterEvent.UnreachableMember));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociatedEvent));
        Timers.StartPeriodicTimer(LookAtKeys.Instance, LookAtKeys.Instance, _lookAtKeysEvery);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    private void Known(Member member)
    {
        var id = NodeId.Of(member.UniqueAddress);
        if (id == _self.Id || member.Status is MemberStatus.Down or MemberStatus.Removed || _peers.ContainsKey(id))
            return;
        _peers[id] = new Peer(member.Address);
        Greet(id, _peers[id]);
        KeepGreeting();
    }

    private void Removed(Member member)
    {
        var id = NodeId.Of(member.UniqueAddress);
        if (!_peers.Remove(id))
            return;
        _nodes.Forget(id);
        _plane.CloseTrunk(PeerOf(id));
        _forwarders.Tell(new PeerNews.Gone(id));
    }

    private void GreetAgain(Address address)
    {
        foreach (var (id, peer) in _peers.Where(p => p.Value.Address == address))
        {
            peer.HasAnswered = false;
            Greet(id, peer);
        }

        KeepGreeting();
    }

    private void Greet(NodeId id, Peer peer) =>
        Context.ActorSelection(Path(peer)).Tell(new PeerMessages.Hello(_self, id, IsAnswer: false));

    private void GreetAll()
    {
        foreach (var (id, peer) in _peers)
        {
            if (!peer.HasAnswered)
                Greet(id, peer);
            else if (peer.Offer is { } offer)
                Context.ActorSelection(Path(peer)).Tell(offer);
        }

        if (_peers.Values.All(p => p.HasAnswered && p.Offer is null))
            Timers.Cancel(GreetNow.Instance);
    }

    private void KeepGreeting()
    {
        if (!Timers.IsTimerActive(GreetNow.Instance))
            Timers.StartPeriodicTimer(GreetNow.Instance, GreetNow.Instance, _greetEvery);
    }

    private void Greeted(PeerMessages.Hello hello)
    {
        if (hello.For != _self.Id)
            return;
        if (!hello.IsAnswer)
            Sender.Tell(new PeerMessages.Hello(_self, hello.Card.Id, IsAnswer: true));
        // One that gossip has not brought yet greets again.
        if (!_peers.TryGetValue(hello.Card.Id, out var peer))
            return;
        bool isNew = _nodes.Find(hello.Card.Id)?.Card is null;
        _nodes.Know(hello.Card);
        if (isNew)
            WarnOfNamesakes(hello.Card);
        if (!hello.IsAnswer || peer.HasAnswered)
            return;
        peer.HasAnswered = true;
        _forwarders.Tell(new PeerNews.Connected(hello.Card.Id, peer.Address));
        Offer(hello.Card.Id, peer);
    }

    private void WarnOfNamesakes(NodeCard card)
    {
        var others = _nodes.Namesakes(card);
        if (!others.IsEmpty)
            PeerLog.NameTwice(_log, card.Id.ToString(), card.Name, string.Join(", ", others.Select(n => n.Id)));
    }

    private void Tell(NodeCard self)
    {
        _self = self;
        _nodes.Know(_self);
        foreach (var (id, peer) in _peers)
        {
            peer.HasAnswered = false;
            Greet(id, peer);
        }

        KeepGreeting();
    }

    private void Offer(NodeId id, Peer peer)
    {
        if (_plane.OfferTrunk(PeerOf(id)) is not { } made)
            return;
        peer.OfferedAt = Clock;
        peer.Offer = new PeerMessages.OfferTrunk(_self.Id, id, made.Index, [.. made.Secret], [.. made.Endpoints.Select(e => e.ToString())]);
        Context.ActorSelection(Path(peer)).Tell(peer.Offer);
        KeepGreeting();
    }

    private void Offered(PeerMessages.OfferTrunk offer)
    {
        if (offer.For != _self.Id || !_peers.ContainsKey(offer.From))
            return;
        // Repeated, it is known: what the plane says of it then is of no meaning.
        _plane.OpenTrunk(PeerOf(offer.From), new TrunkOffer(offer.Index, [.. offer.Secret], [.. offer.Endpoints.Select(IPEndPoint.Parse)]));
        Sender.Tell(new PeerMessages.TrunkTaken(_self.Id, offer.Index));
    }

    private void Taken(PeerMessages.TrunkTaken taken)
    {
        if (_peers.TryGetValue(taken.From, out var peer) && peer.Offer?.Index == taken.Index)
            peer.Offer = null;
    }

    private void RenewKeys()
    {
        var trunks = _plane.Read().Trunks;
        foreach (var (id, peer) in _peers.Where(p => p.Value is { HasAnswered: true, Offer: null }))
        {
            if (Clock - peer.OfferedAt >= TrunkKeys.Lifetime || trunks.Peers.Any(t => t.Peer == PeerOf(id) && t.KeyUse >= TrunkKeys.Use))
                Offer(id, peer);
        }
    }

    private static ActorPath Path(Peer peer) => new RootActorPath(peer.Address) / "user" / "peers";

    private static PeerId PeerOf(NodeId node) => new(node.Value);

    private sealed class Peer(Address address)
    {
        public Address Address => address;

        public bool HasAnswered { get; set; }

        /// <summary>That has not been acknowledged.</summary>
        public PeerMessages.OfferTrunk? Offer { get; set; }

        public TimeSpan OfferedAt { get; set; }
    }

    private sealed record GreetNow : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static GreetNow Instance { get; } = new();
    }

    private sealed record LookAtKeys : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static LookAtKeys Instance { get; } = new();
    }
}

/// <summary>How long keys between nodes are used.</summary>
public static class TrunkKeys
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Datagrams of one pair of loops: half of what a key has numbers for.</summary>
    public const long Use = 1L << 31;
}
