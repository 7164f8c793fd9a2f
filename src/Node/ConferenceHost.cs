using System.Net;
using System.Net.NetworkInformation;
using Conference.Actors;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Media.Transport;
using Conference.Node.Settings;
using Conference.Node.Telemetry;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node;

/// <summary>
/// The conference in this process: media plane and actors, from start to clean stop. Starts before the listeners do
/// and stops after them.
/// </summary>
public sealed class ConferenceHost(NodeSettings settings, MetricsRegistry metrics, ILoggerFactory loggers) : IHostedService, IDisposable
{
    /// <summary>How long clients have to take their 421 before the process goes on without them.</summary>
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger<ConferenceHost>();
    private volatile bool _isReady;

    public MediaPlane? Plane { get; private set; }

    public ActorSystem? System { get; private set; }

    /// <summary>Null until started.</summary>
    public ConferenceActors? Actors { get; private set; }

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

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Plane = MediaPlane.Start(settings.Media, TimeProvider.System);
        System = ActorSystem.Create("conference", new ActorSystemOptions { LoggerFactory = loggers });
        Actors = ConferenceActors.Start(System, Plane, new ConferenceMetrics(metrics.Meter), new ConferenceOptions
        {
            Policy = new SessionPolicy(new ServedHosts(settings.Qcvc.Domains, OwnAddresses()), settings.Auth.IsRequired),
            Rooms = settings.Rooms,
            MaxSessions = settings.Qcvc.MaxSessions,
            IdleLimit = settings.Qcvc.IdleLimit,
        });
        _ = new MediaMetrics(metrics, Plane);
        _ = new ActorMetrics(metrics.Meter, System);
        _isReady = true;
        Log.Started(_log, settings.Name, settings.Media.Ports.First, settings.Media.Ports.Last, settings.Media.Loops);
        var offload = Plane.Read().Offload;
        Log.Offload(_log, offload.Segmentation, offload.Coalescing);
        return Task.CompletedTask;
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
        }
        catch (AskTimeoutException)
        {
            Log.FarewellTimedOut(_log);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (System is { } system)
            await system.TerminateAsync().WaitAsync(cancellationToken);
        Plane?.Dispose();
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
