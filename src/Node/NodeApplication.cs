using System.Net;
using System.Net.Security;
using Akka.Actor;
using Akka.Hosting;
using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Sessions;
using Conference.Actors.Sessions.Limits;
using Conference.Media;
using Conference.Node.Akka;
using Conference.Node.Akka.Remoting;
using Conference.Node.Domains;
using Conference.Node.Draining;
using Conference.Node.Statistics;
using Conference.Node.Files;

using Conference.Node.Api;
using Conference.Node.Console;
using Conference.Node.Join;
using Conference.Node.Limits;
using Conference.Node.Metrics;
using Conference.Node.Qcvc;
using Conference.Node.Qcvc.Proxies;
using Conference.Node.Qcvc.Tls;
using Conference.Node.ReadModel;
using Conference.Node.Settings;
using Conference.Node.SignIn;
using Conference.Node.Store;
using Conference.Node.Tracing;
using Conference.Node.Web;
using Conference.Node.Web.Whip;
using Conference.Node.Webhooks;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Conference.Node;

/// <summary>The node, put together.</summary>
public static class NodeApplication
{
    /// <exception cref="SettingsException">Something is wrong with the settings.</exception>
    /// <exception cref="PortException">A port cannot be had.</exception>
    /// <exception cref="StoreException">The store cannot be used.</exception>
    /// <exception cref="ClusterStartException">This node cannot be a node of its cluster.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args)
    {
        // Settings are read once. To look for changes in the folder would be to hear of every write to a database in it.
        var builder = NodeConfiguration.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        var settings = NodeSettings.Read(builder.Configuration);
        (var ports, settings) = PortsInAdvance.Take(settings);
        var loggers = NodeConfiguration.CreateLoggers(builder.Configuration, settings.LogFormat);
        var descriptors = ShareDescriptors(ref settings, loggers);
        var memory = MemoryReserve.OfProcess(loggers.CreateLogger<MemoryReserve>());
        settings = settings with { Media = settings.Media with { IsMemoryShort = memory.IsShort } };
        var foundation = await NodeFoundation.LayAsync(settings, loggers);

        var services = builder.Services;
        // Made here and not given, so that it is disposed, which writes what is left of the log.
        services.AddSingleton(_ => loggers);
        // First, so that it stops last.
        services.AddHostedService(_ => foundation);
        services.AddSingleton(memory);
        AddBasics(services, settings, descriptors, foundation);
        services.AddSingleton(new DomainTable(new ServedHosts(settings.Qcvc.Domains, OwnAddresses.All(), settings.Qcvc.Aliases)));
        services.AddSingleton(s => new DomainUse(s.GetRequiredService<DomainTable>(), TimeProvider.System));
        // Before the actors: a node must not think that a domain is gone of which it only has not heard.
        services.AddHostedService(s => new DomainWatch(
            s.GetRequiredService<ReadModels>(), s.GetRequiredService<DomainTable>(), s.GetRequiredService<NodeHost>, s.GetRequiredService<NodeActors>, TimeProvider.System));
        services.AddAkka(AkkaSetup.SystemName, (akka, provider) => Configure(akka, provider, settings, foundation));
        services.AddSingleton<NodeHost>();
        services.AddHostedService(s => s.GetRequiredService<NodeHost>());
        services.AddSingleton<StoreHealth>();
        services.AddHostedService(s => s.GetRequiredService<StoreHealth>());
        services.AddSingleton<JoinHealth>();
        services.AddHostedService(s => s.GetRequiredService<JoinHealth>());
        services.AddHostedService(s => new CallRetention(
            settings.CallRetention, s.GetRequiredService<DomainTable>(), s.GetRequiredService<ICallRecords>(), TimeProvider.System, s.GetRequiredService<ILogger<CallRetention>>()));
        services.AddSignIn(settings.Auth, settings.Tls);
        services.AddSingleton(s => new AddressLimits(settings.Limits, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IMetricsSource>(s => new AddressMetrics(s.GetRequiredService<IMetricFactory>(), s.GetRequiredService<AddressLimits>()));
        services.AddSingleton(new ProxyGate(settings.Qcvc.TrustedProxies));
        services.AddSingleton<SessionGate>();
        services.AddSingleton<QcvcConnectionHandler>();
        services.AddWeb(settings.Web, s => s.GetRequiredService<OtherNodes>().Knows);
        services.AddApi(settings.Http);
        services.AddConsole();
        services.AddSingleton<OtherNodes>();
        services.AddStatistics(s => Sources(s, settings, foundation));
        services.AddSingleton<IHostLifetime, DrainingLifetime>();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(15));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = ports.Listen);
        services.AddSingleton(new ClientPlaces(new SemaphoreSlim(descriptors.Sessions + DescriptorBudget.Refusals)));
        services.AddSingleton(s => new IdleConnections(s.GetRequiredService<IMetricFactory>().CreateCounter(
            "conference_http_connections_closed_total", "Idle HTTP connections that were closed because others waited for a place.")));
        services.AddSingleton<IConnectionListenerFactory>(s => Bound(
            new SocketTransportFactory(s.GetRequiredService<IOptions<SocketTransportOptions>>(), loggers), settings.Qcvc, s.GetRequiredService<ClientPlaces>(), descriptors,
            s.GetRequiredService<IdleConnections>()));
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));

        var app = builder.Build();
        app.Use(IdleConnections.HoldAsync);
        app.UseExceptionHandler();
        app.Use(HeadRequests.AnswerAsync);
        app.Use(ResponseHeaders.AddAsync);
        app.UseStatusCodePages();
        app.UseWhen(IsApiCall, api => api.UseMiddleware<CrossSiteGate>().UseMiddleware<AdminGate>());
        app.UseWebSockets();
        app.UseRouting();
        app.UseCors();
        app.Use(InputRules.CheckAsync);
        app.MapOperations();
        app.MapConsole();
        app.MapJoin();
        app.MapApi();
        app.MapWeb();
        app.MapWhip();
        app.Lifetime.ApplicationStarted.Register(() => Banner.Print(app, settings));
        // Before Kestrel stops: it would cut the connections off without a word.
        app.Lifetime.ApplicationStopping.Register(() => app.Services.GetRequiredService<NodeHost>().SayFarewellAsync("shutting down").GetAwaiter().GetResult());
        return app;
    }

    /// <summary>What clients may use of what the operating system allows goes into the settings.</summary>
    private static DescriptorBudget ShareDescriptors(ref NodeSettings settings, ILoggerFactory loggers)
    {
        var budget = DescriptorBudget.Of(OpenFiles.Raise(), settings);
        PoolThreads.Make();
        var log = loggers.CreateLogger<DescriptorBudget>();
        LimitsLog.Descriptors(log, budget.Limit, budget.Reserve, budget.Sessions, budget.Ports, budget.HttpConnections);
        if (budget.Sessions < settings.Qcvc.MaxSessions)
            LimitsLog.FewerSessions(log, budget.Sessions, settings.Qcvc.MaxSessions);
        settings = settings with
        {
            Qcvc = settings.Qcvc with { MaxSessions = budget.Sessions },
            Media = settings.Media with
            {
                MaxPorts = budget.Ports,
                Web = settings.Media.Web is { } web ? web with { MaxTcpConnections = budget.WebConnections } : null,
            },
        };
        return budget;
    }

    /// <summary>Clients have places of their own, a few more than sessions: who comes on top is told so. Operators have others, and so has a browser until it
    /// becomes a client.</summary>
    private static BoundedListeners Bound(
        IConnectionListenerFactory sockets, QcvcSettings qcvc, ClientPlaces clients, DescriptorBudget budget, IdleConnections idle)
    {
        var ofClients = new ListenerPlaces(clients.All, null);
        var ofOperators = new ListenerPlaces(new SemaphoreSlim(budget.HttpConnections), idle);
        return new BoundedListeners(
            sockets, endpoint => endpoint is IPEndPoint { Port: var port } && (port == qcvc.Port || port == qcvc.TlsPort) ? ofClients : ofOperators);
    }

    private static void AddBasics(IServiceCollection services, NodeSettings settings, DescriptorBudget descriptors, NodeFoundation foundation)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(s => ForwardClock.Of(s.GetRequiredService<ActorSystem>()));
        services.AddSingleton(foundation.Store);
        services.AddSingleton(foundation.Plane);
        services.AddSingleton<IMediaPlane>(foundation.Plane);
        services.AddSingleton(foundation.Guard);
        services.AddSingleton(new ReadModels(foundation.Store));
        services.AddSingleton<ICallRecords>(s => s.GetRequiredService<ReadModels>());
        services.AddSingleton<IDirectory>(s => s.GetRequiredService<ReadModels>());
        services.AddSingleton<NodeActors>();
        services.AddSingleton(s => new Drain(
            s.GetRequiredService<NodeActors>, s.GetRequiredService<ConferenceMetrics>(), settings.DrainLimit, TimeProvider.System, s.GetRequiredService<ILoggerFactory>()));
        AddMetrics(services, descriptors, foundation);
        if (settings.Http.Tls is { } https)
        {
            services.AddReloading(
                "Conference.Node.Api", [https.Certificate, https.Key], HttpsCertificate.Read,
                (log, certificate) => AuthLog.CertificateReloaded(log, "Http", certificate.Server.NotAfter), (log, why) => AuthLog.CertificateBad(log, "Http", why));
        }

        if (settings.Otlp is { } otlp)
            services.AddTraceExport(otlp, settings.Name);
        if (settings.Cluster.Tls is { } tls)
            services.AddReloading("Conference.Node.Akka", [tls.Certificate, tls.Key, tls.Authority], NodeCredentials.Read, NodeLogging.CredentialsReloaded, NodeLogging.CredentialsBad);
        if (foundation.Table is { } table)
        {
            services.AddSingleton<INodeMembership>(s => new SharedMembership(s.GetRequiredService<ActorSystem>(), table, foundation.ClusterGuard!, () => Credentials(s, foundation)));
            services.AddSingleton(s => new DownedShutdown(
                foundation.ClusterGuard!, () => s.GetRequiredService<NodeHost>().SayFarewellAsync("server is moving"), s.GetRequiredService<ILoggerFactory>()));
        }
        else
        {
            services.AddSingleton<INodeMembership, LoneMembership>();
        }
    }

    private static void AddMetrics(IServiceCollection services, DescriptorBudget descriptors, NodeFoundation foundation)
    {
        services.AddSingleton(descriptors);
        services.AddNodeMetrics(descriptors);
        services.AddSingleton(s => new ConferenceMetrics(s.GetRequiredService<IMetricFactory>(), foundation.Store.Kind));
        services.AddSingleton(s => new ClusterMetrics(
            s.GetRequiredService<IMetricFactory>(),
            foundation.Table is { } table
                ? new ClusteredSources(foundation.Guard, () => table.IsConnected, () => Credentials(s, foundation).NotAfter)
                : null));
        services.AddSingleton<IMetricsSource>(s => s.GetRequiredService<ClusterMetrics>());
        services.AddSingleton<IMetricsSource>(s => new DomainMetrics(
            s.GetRequiredService<IMetricFactory>(), s.GetRequiredService<DomainUse>(), s.GetRequiredService<ConferenceMetrics>()));
        services.AddSingleton<IMetricsSource>(s => new MediaMetrics(s.GetRequiredService<IMetricFactory>(), foundation.Plane.Read));
        services.AddSingleton<IMetricsSource>(s => new ReadinessMetrics(s.GetRequiredService<IMetricFactory>(), () => s.GetRequiredService<NodeHost>().IsReady));
    }

    private static NodeCredentials Credentials(IServiceProvider services, NodeFoundation foundation) =>
        foundation.SharedCredentials ?? services.GetRequiredService<Reloading<NodeCredentials>>().Current;

    /// <summary>The actor system, as a list of what it is made of.</summary>
    private static void Configure(AkkaConfigurationBuilder akka, IServiceProvider services, NodeSettings settings, NodeFoundation foundation)
    {
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var cluster = services.GetRequiredService<ClusterMetrics>();
        akka.ConfigureLoggers(logging =>
        {
            logging.ClearLoggers();
            logging.AddLogger<AkkaLog>();
            logging.LogLevel = global::Akka.Event.LogLevel.InfoLevel;
        }).AddSetup(new AkkaLogSetup(loggers));
        if (foundation.Table is { } table)
            akka.WithNode(new ClusteredNode
            {
                Table = table,
                Credentials = () => Credentials(services, foundation),
                Listen = settings.Cluster.Address,
                Guard = foundation.ClusterGuard!,
                Shutdown = services.GetRequiredService<DownedShutdown>(),
                Loggers = loggers,
                OnProvenDeath = cluster.ProvenDeath,
                OnRefused = cluster.Refused,
            });
        else
            akka.WithNode(loggers);
        akka.WithStore(foundation.Store, foundation.Guard)
            .WithConference(Options(services, settings, foundation), loggers)
            .WithReadModels(
                services.GetRequiredService<ReadModels>(), foundation.Store, foundation.Guard, services.GetRequiredService<ProjectionMetrics>(), loggers, TimeProvider.System)
            .WithWebhooks(
                foundation.Store, foundation.Guard, settings.Webhooks, services.GetRequiredService<ProjectionMetrics>(), services.GetRequiredService<WebhookMetrics>(), loggers,
                TimeProvider.System)
            .WithMetrics(cluster, services.GetRequiredService<ActorSystemMetrics>());
    }

    private static ConferenceOptions Options(IServiceProvider services, NodeSettings settings, NodeFoundation foundation) => new()
    {
        NodeName = settings.Name,
        Host = settings.ClientHost,
        Number = foundation.Table?.Number ?? 0,
        Policy = new SessionPolicy(services.GetRequiredService<DomainTable>(), settings.Auth.IsRequired) { Roaming = settings.Qcvc.Roaming },
        Plane = foundation.Plane,
        Metrics = services.GetRequiredService<ConferenceMetrics>(),
        Rooms = settings.Rooms,
        Authenticator = services.GetRequiredService<IAuthenticator>(),
        Guard = foundation.Guard,
        Store = services.GetRequiredService<StoreHealth>(),
        Calls = services.GetRequiredService<ICallRecords>(),
        Domains = services.GetRequiredService<DomainTable>(),
        DomainUse = services.GetRequiredService<DomainUse>(),
        DomainContents = services.GetRequiredService<ReadModels>(),
        Statistics = services.GetRequiredService<PublishedStatistics>(),
        Drain = services.GetRequiredService<Drain>(),
        MaxSessions = settings.Qcvc.MaxSessions,
        IdleLimit = settings.Qcvc.IdleLimit,
        Limits = services.GetRequiredService<AddressLimits>(),
    };

    private static StatisticsSources Sources(IServiceProvider services, NodeSettings settings, NodeFoundation foundation)
    {
        var node = services.GetRequiredService<NodeHost>();
        return new StatisticsSources
        {
            NodeName = settings.Name,
            Console = ConsoleAddress.Of(settings, services.GetRequiredService<IServer>()),
            Plane = foundation.Plane,
            Nodes = services.GetRequiredService<NodeActors>().Nodes,
            Guard = foundation.Guard,
            Metrics = services.GetRequiredService<ConferenceMetrics>(),
            Cluster = services.GetRequiredService<ClusterMetrics>(),
            IsReady = () => node.IsReady,
            IsStopping = () => !node.IsOpen,
        };
    }

    private static bool IsApiCall(HttpContext context) => context.Request.Path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase);

    private static void Listen(KestrelServerOptions kestrel, NodeSettings settings)
    {
        // A QCVC client may say nothing for half an hour; what limits it is its session.
        kestrel.Limits.MaxConcurrentConnections = null;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = ApiEndpoints.MaxBodyBytes;
        Listen(kestrel, settings.Qcvc.Address, settings.Qcvc.Port, l => l.UseConnectionHandler<QcvcConnectionHandler>());
        if (settings.Qcvc.TlsPort is { } tlsPort)
            Listen(kestrel, settings.Qcvc.Address, tlsPort, l => l.UseConnectionHandler<QcvcTlsConnectionHandler>());
        if (settings.Http.TlsPort is { } https)
            Listen(kestrel, settings.Http.Address, https, l => l.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = HttpsOptions(kestrel.ApplicationServices) }));
        // The last: Banner and ConsoleAddress find its port by that.
        Listen(kestrel, settings.Http.Address, settings.Http.Port, _ => { });
    }

    /// <summary>A new certificate on disk is shown from the next connection on.</summary>
    private static Func<TlsHandshakeCallbackContext, ValueTask<SslServerAuthenticationOptions>> HttpsOptions(IServiceProvider services) =>
        services.GetService<Reloading<HttpsCertificate>>() is { } own
            ? _ => ValueTask.FromResult(own.Current.Server.Options)
            : _ => ValueTask.FromResult(services.GetRequiredService<Reloading<ServerCertificate>>().Current.Options);

    private static void Listen(KestrelServerOptions kestrel, IPAddress address, int port, Action<ListenOptions> configure)
    {
        if (address.IsEvery())
            kestrel.ListenAnyIP(port, configure);
        else
            kestrel.Listen(address, port, configure);
    }
}
