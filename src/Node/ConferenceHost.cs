using System.Net;
using System.Net.NetworkInformation;
using Conference.Actors;
using Conference.Actors.Authentication;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Serialization;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Media.Transport;
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
public sealed class ConferenceHost(NodeSettings settings, IAuthenticator authenticator, MetricsRegistry metrics, ILoggerFactory loggers) : IHostedService, IDisposable
{
    /// <summary>How long clients have to take their 421 before the process goes on without them.</summary>
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger<ConferenceHost>();
    private volatile bool _isReady;

    public IConferenceStore? Store { get; private set; }

    public MediaPlane? Plane { get; private set; }

    public ActorSystem? System { get; private set; }

    /// <summary>Null until started.</summary>
    public ICluster? Cluster { get; private set; }

    /// <summary><c>Node:Name</c></summary>
    public string Name => settings.Name;

    /// <summary>What the actors count.</summary>
    public ConferenceMetrics Metrics { get; } = new(metrics.Meter);

    /// <summary>Null until started.</summary>
    public ConferenceActors? Actors { get; private set; }

    /// <summary><c>Rooms:MaxMembers</c></summary>
    public int DefaultMaxMembers => settings.Rooms.MaxMembers;

    /// <summary>Clients are welcome: started, and not stopping.</summary>
    public bool IsReady => _isReady;

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
        Plane = MediaPlane.Start(settings.Media, TimeProvider.System);
        System = ActorSystem.Create("conference", new ActorSystemOptions { LoggerFactory = loggers });
        PersistenceExtension.Configure(System, new PersistenceOptions { Journal = Store, Serializer = ConferenceSerializer.Instance });
        Cluster = new SingleNodeCluster(settings.Name, HostFor(null));
        Actors = ConferenceActors.Start(System, Plane, Metrics, new ConferenceOptions
        {
            Cluster = Cluster,
            NodeName = settings.Name,
            Policy = new SessionPolicy(new ServedHosts(settings.Qcvc.Domains, OwnAddresses()), settings.Auth.IsRequired),
            Authenticator = authenticator,
            Rooms = settings.Rooms,
            MaxSessions = settings.Qcvc.MaxSessions,
            IdleLimit = settings.Qcvc.IdleLimit,
        });
        _ = new MediaMetrics(metrics, Plane);
        _ = new ActorMetrics(metrics.Meter, System);
        await CloseOpenCallsAsync(Store, Actors.Rooms, cancellationToken);
        _isReady = true;
        Log.Started(_log, settings.Name, settings.Media.Ports.First, settings.Media.Ports.Last, settings.Media.Loops);
        var offload = Plane.Read().Offload;
        Log.Offload(_log, offload.Segmentation, offload.Coalescing);
    }

    /// <summary>Calls that a crash left open: their rooms, once awake, find nobody in them and close the records.</summary>
    private static async Task CloseOpenCallsAsync(ICallRecords calls, IActorRef rooms, CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var page = await calls.QueryAsync(new CallQuery { OnlyOpen = true, After = next, Limit = 1000 }, cancellationToken);
            foreach (var room in page.Records.Select(c => c.Room).Distinct())
                rooms.Tell(new RoomCommands.Find(room));
            next = page.Next;
        }
        while (next is not null);
    }

    /// <summary>Tells every client 421, and waits a little until they are gone. To be called before the listeners stop.</summary>
    public async Task SayFarewellAsync()
    {
        _isReady = false;
        if (Actors is not { } actors)
            return;
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
        // Last: what the actors still had to say is stored by now.
        if (Store is { } store)
            await store.DisposeAsync();
    }

    public void Dispose() => Plane?.Dispose();

    private static IEnumerable<IPAddress> OwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address.ScopeIdOrZero() == 0 ? a.Address : new IPAddress(a.Address.GetAddressBytes()));
}

internal static class IPAddressScope
{
    /// <summary>Link-local addresses carry their interface; a client never says it.</summary>
    public static long ScopeIdOrZero(this IPAddress address) =>
        address.AddressFamily == global::System.Net.Sockets.AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
