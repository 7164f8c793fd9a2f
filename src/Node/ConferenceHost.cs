using System.Net;
using Conference.Actors;
using Conference.Actors.Authentication;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Serialization;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Media.Transport;
using Conference.Node.Cluster;
using Conference.Node.Draining;
using Conference.Node.Figures;
using Conference.Node.Links;
using Conference.Node.Persistence;
using Conference.Node.Settings;
using Conference.Node.Telemetry;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node;

/// <summary>
/// The conference in this process: media plane and actors, from start to clean stop. Starts before the listeners do
/// and stops after them.
/// </summary>
public sealed class ConferenceHost(
    NodeSettings settings, IAuthenticator authenticator, MetricsRegistry metrics, ILoggerFactory loggers, LinkHosting? links = null) : IHostedService, IDisposable
{
    /// <summary>How long clients have to take their 421 before the process goes on without them.</summary>
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger<ConferenceHost>();
    private NodeCluster? _cluster;
    private Drain? _drain;
    private volatile bool _isOpen;

    public IConferenceStore? Store { get; private set; }

    public MediaPlane? Plane { get; private set; }

    public ActorSystem? System { get; private set; }

    /// <summary>Null until started.</summary>
    public ConferenceActors? Actors { get; private set; }

    /// <summary>Who is in the cluster, and who owns what.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public ICluster Cluster => _cluster?.Cluster ?? throw new InvalidOperationException("not started");

    /// <summary>How long this node may act whatever happens; null: for ever.</summary>
    public TimeSpan? LeaseLeft => _cluster?.LeaseLeft;

    /// <summary><c>Node:Name</c></summary>
    public string Name => settings.Name;

    /// <summary>What the actors count.</summary>
    public ConferenceMetrics Metrics { get; } = new(metrics.Meter);

    /// <summary>What this node says of itself to the others' consoles, once there is somebody who reads it.</summary>
    public PublishedFigures Figures { get; } = new();

    public NodeCounts Counts => Metrics.Counts;

    /// <summary>Empties this node.</summary>
    public Drain Drain => LazyInitializer.EnsureInitialized(ref _drain, () => new Drain(this, settings.DrainLimit, TimeProvider.System, loggers));

    /// <summary><c>Rooms:MaxMembers</c></summary>
    public int DefaultMaxMembers => settings.Rooms.MaxMembers;

    /// <summary>Clients are welcome: started, not stopping, with links to the other nodes and in possession of a lease.</summary>
    public bool IsReady => _isOpen && Cluster.HoldsLease && Cluster.View.Find(Cluster.Self)?.State == NodeState.Up;

    internal NodeCluster Place => _cluster ?? throw new InvalidOperationException("not started");

    /// <summary>What a client that has not yet said a host is shown as ours.</summary>
    public string HostFor(IPAddress? local)
    {
        if (settings.Qcvc.Domains.FirstOrDefault(d => d != "*") is { } domain)
            return domain;
        var address = local ?? IPAddress.Loopback;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    /// <exception cref="StoreException">The store cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Store = await StoreFactory.OpenAsync(settings.Store, metrics.Meter, loggers, cancellationToken);
        _cluster = await NodeCluster.CreateAsync(settings, Store, links, metrics.Meter, loggers, cancellationToken);
        Plane = MediaPlane.Start(settings.Media, TimeProvider.System);
        System = ActorSystem.Create("conference", new ActorSystemOptions { LoggerFactory = loggers });
        PersistenceExtension.Configure(System, new PersistenceOptions { Journal = Store, Serializer = ConferenceSerializer.Instance });
        Actors = ConferenceActors.Start(System, Plane, Metrics, new ConferenceOptions
        {
            NodeName = settings.Name,
            Policy = new SessionPolicy(new ServedHosts(settings.Qcvc.Domains, OwnAddresses.All()), settings.Auth.IsRequired),
            Authenticator = authenticator,
            Rooms = settings.Rooms,
            Cluster = _cluster.Cluster,
            Links = _cluster.Links,
            Calls = Store,
            Figures = Figures,
            Drain = Drain,
            MaxSessions = settings.Qcvc.MaxSessions,
            IdleLimit = settings.Qcvc.IdleLimit,
        });
        _ = new MediaMetrics(metrics, Plane);
        _ = new ActorMetrics(metrics, System);
        _ = new RemotingMetrics(metrics.Meter, System, Actors.Remote);
        await _cluster.JoinAsync(cancellationToken);
        _isOpen = true;
        Log.Started(_log, settings.Name, settings.Media.Ports.First, settings.Media.Ports.Last, settings.Media.Loops);
        var offload = Plane.Read().Offload;
        Log.Offload(_log, offload.Segmentation, offload.Coalescing);
        if (Plane.TrunkEndpoints is { IsEmpty: false } trunks)
            Log.Trunks(_log, string.Join(", ", trunks));
    }

    /// <summary>
    /// Hands over what others can take, tells every client 421 and waits a little until they are gone, then leaves the cluster. To be
    /// called before the listeners stop.
    /// </summary>
    public async Task SayFarewellAsync()
    {
        _isOpen = false;
        if (Actors is not { } actors || _cluster is not { } cluster)
            return;
        await cluster.HandOverAsync();
        actors.Sessions.Tell(new SessionsCommands.Drain());
        await CloseSessionsAsync(actors);
        await cluster.LeaveAsync();
    }

    private async Task CloseSessionsAsync(ConferenceActors actors)
    {
        try
        {
            int sessions = await actors.Sessions.Ask<int>(new SessionsCommands.Close("shutting down"), _farewell);
            Log.Stopped(_log, sessions);
            await RoomsKnowAsync().WaitAsync(_farewell);
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            Log.FarewellTimedOut(_log);
        }
    }

    /// <summary>Rooms write down how their calls ended: a forwarder lives until its room has taken note of all who left.</summary>
    private async Task RoomsKnowAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (System!.Statistics.ActorsByType.GetValueOrDefault(nameof(ForwarderActor)) > 0)
            await timer.WaitForNextTickAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (System is { } system)
            await system.TerminateAsync().WaitAsync(cancellationToken);
        Plane?.Dispose();
        if (_cluster is { } cluster)
            await cluster.DisposeAsync();
        // Last: what the actors still had to say is stored by now.
        if (Store is { } store)
            await store.DisposeAsync();
    }

    public void Dispose() => Plane?.Dispose();
}
