using Conference.Actors.Cluster;
using Conference.Actors.Remoting;
using Conference.Actors.Runtime;
using Conference.Media;

namespace Conference.Actors.Forwarding;

/// <summary>
/// Agrees with the other nodes on the keys of the trunks. Each node makes the keys by which the others send to it, one for each of them, and
/// tells it when their link comes up, and again in time: the media plane understands the last one that was used until then.
/// </summary>
public sealed class TrunksActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromMinutes(1);

    private readonly IMediaPlane _plane;
    private readonly ICluster _cluster;
    private readonly Func<NodeId, IActorRef> _trunksOf;
    private readonly TrunksState _state = new();
    private readonly long _started;
    private IDisposable? _views;

    public TrunksActor(IMediaPlane plane, ICluster cluster, Func<NodeId, IActorRef> trunksOf)
    {
        (_plane, _cluster, _trunksOf) = (plane, cluster, trunksOf);
        _started = Context.System.TimeProvider.GetTimestamp();
        Receive<NodeConnected>(link => Connected(link.Node));
        Receive<NodeDisconnected>(link => Disconnected(link.Node));
        Receive<TrunkCommands.Take>(take => _plane.OpenTrunk(PeerOf(take.From), take.Offer));
        Receive<ClusterView>(Viewed);
        Receive<Look>(_ => LookAtKeys());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts it, and has it hear of links from now on: they are to open later.</summary>
    /// <param name="trunksOf">This actor on another node.</param>
    public static IActorRef Start(ActorSystem system, IMediaPlane plane, ICluster cluster, Func<NodeId, IActorRef> trunksOf)
    {
        var actor = system.ActorOf(Props.Create(() => new TrunksActor(plane, cluster, trunksOf)), "trunks");
        system.EventStream.Subscribe(actor, typeof(NodeConnected));
        system.EventStream.Subscribe(actor, typeof(NodeDisconnected));
        return actor;
    }

    protected override void PreStart()
    {
        var self = Self;
        _views = _cluster.Subscribe(view => self.Tell(view));
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, _lookEvery);
    }

    protected override void PostStop() => _views?.Dispose();

    private TimeSpan Now => Context.System.TimeProvider.GetElapsedTime(_started);

    private void Connected(NodeId node)
    {
        _state.Connected(node);
        Offer(node);
    }

    private void Disconnected(NodeId node)
    {
        if (_state.Disconnected(node))
            _plane.CloseTrunk(PeerOf(node));
    }

    private void Viewed(ClusterView view)
    {
        foreach (var gone in _state.Viewed(view))
            _plane.CloseTrunk(PeerOf(gone));
    }

    private void LookAtKeys()
    {
        foreach (var node in _state.Due(_plane.Read().Trunks, Now))
            Offer(node);
    }

    private void Offer(NodeId node)
    {
        if (_plane.OfferTrunk(PeerOf(node)) is not { } offer)
            return;
        _state.Offered(node, Now);
        _trunksOf(node).Tell(new TrunkCommands.Take(_cluster.Self, offer));
    }

    private static PeerId PeerOf(NodeId node) => new(node.Value);

    private sealed record Look
    {
        public static Look Instance { get; } = new();
    }
}
