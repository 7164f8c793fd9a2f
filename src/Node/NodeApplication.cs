using System.Net;
using Conference.Node.Auth;
using Conference.Node.Draining;
using Conference.Node.Http;
using Conference.Node.Http.Api;
using Conference.Node.Http.Console;
using Conference.Node.Links;
using Conference.Node.Listening;
using Conference.Node.Settings;
using Conference.Node.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Conference.Node;

/// <summary>The node, put together.</summary>
public static class NodeApplication
{
    /// <exception cref="SettingsException">Something is wrong with the settings.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var settings = SettingsReader.Read(builder.Configuration);
        var ports = new PortInAdvance();
        settings = settings with { Qcvc = settings.Qcvc with { Port = ports.Take(settings.Qcvc.Address, settings.Qcvc.Port) } };
        var metrics = new MetricsRegistry();
        _ = new RuntimeMetrics(metrics.Meter);
        if (settings.Otlp is { } otlp)
        {
            var target = new OtlpTarget(otlp, settings.Name);
            metrics.ExportTo(target);
            builder.Services.AddSingleton(_ => new TraceExport(target, otlp.TraceRatio));
        }


        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is told in one sentence by Program, not in a page of stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (Console.IsOutputRedirected)
            builder.Logging.AddJsonConsole(o => (o.UseUtcTimestamp, o.IncludeScopes) = (true, true));
        else
            builder.Logging.AddSimpleConsole(o => (o.SingleLine, o.IncludeScopes) = (true, true));

        builder.Services.AddSingleton<IExternalScopeProvider, TraceScopes>();

        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(metrics);
        builder.Services.AddSingleton(new CommandMetrics(metrics.Meter, settings.Qcvc.MaxSessions));
        builder.Services.AddSignIn(settings.Auth, settings.Tls);
        builder.Services.AddSingleton<QcvcConnectionHandler>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new AdminToken(settings.Http.AdminToken));
        builder.Services.AddSingleton(new ApiMetrics(metrics.Meter));
        builder.Services.AddSingleton<CrossSiteGate>();
        builder.Services.AddSingleton<AdminGate>();
        builder.Services.AddSingleton<ApiTracing>();
        builder.Services.AddSingleton<ApiContext>();
        builder.Services.AddProblemDetails(o => o.CustomizeProblemDetails = ApiProblems.Explain);
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.MaxDepth = 8);
        // A body of the wrong shape is the caller's mistake and gets a 400 with a word, not a page of stack.
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = false);
        builder.Services.AddNodeLinks(settings);
        builder.Services.AddSingleton<ConferenceHost>();
        builder.Services.AddSingleton(s => s.GetRequiredService<ConferenceHost>().Drain);
        builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();
        builder.Services.AddHostedService(s => s.GetRequiredService<ConferenceHost>());
        builder.Services.AddHostedService<CallRetention>();
        builder.Services.AddConsole(metrics);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(15));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = ports.Listen);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));

        var app = builder.Build();
        // It listens from its making on, and is disposed of with the rest.
        _ = app.Services.GetService<TraceExport>();
        app.UseExceptionHandler();
        app.Use(ResponseHeaders.AddAsync);
        app.UseStatusCodePages();
        app.UseWhen(IsApiCall, api => api.UseMiddleware<CrossSiteGate>().UseMiddleware<AdminGate>());
        app.UseRouting();
        app.UseWhen(IsApiCall, api => api.UseMiddleware<ApiTracing>());
        app.MapOperations();
        app.MapConsole();
        app.MapApi();
        app.Lifetime.ApplicationStarted.Register(() => Banner.Print(app, settings));
        // Before Kestrel stops: it would cut the connections off without a word.
        app.Lifetime.ApplicationStopping.Register(() => app.Services.GetRequiredService<ConferenceHost>().SayFarewellAsync().GetAwaiter().GetResult());
        return app;
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
        Listen(kestrel, settings.Http.Address, settings.Http.Port, _ => { });
    }

    private static void Listen(KestrelServerOptions kestrel, IPAddress address, int port, Action<ListenOptions> configure)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(port, configure);
        else
            kestrel.Listen(address, port, configure);
    }
}
