using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Conference.Node.Links;

/// <summary>
/// The port where other nodes come in: a Kestrel of its own, which listens before the node joins and until its actors have said their
/// last, when the one for clients has long stopped.
/// </summary>
internal sealed class LinkListener : IAsyncDisposable
{
    private static readonly TimeSpan _closeLimit = TimeSpan.FromSeconds(1);

    private readonly LinkReports _reports;
    private readonly UnprovenConnections _unproven;
    private readonly Func<IncomingLink, CancellationToken, Task> _accept;
    private readonly ILogger _log;
    private readonly WebApplication _server;

    /// <param name="options">Where, and with what.</param>
    /// <param name="reports">Hears of connections that came to nothing.</param>
    /// <param name="accept">Makes a link of a WebSocket, and runs it to its end.</param>
    /// <param name="loggers">Kestrel's too.</param>
    /// <param name="time">For deadlines.</param>
    public LinkListener(
        LinkOptions options, LinkReports reports, Func<IncomingLink, CancellationToken, Task> accept, ILoggerFactory loggers, TimeProvider time)
    {
        (_reports, _accept) = (reports, accept);
        _log = loggers.CreateLogger<LinkListener>();
        _unproven = new UnprovenConnections(options, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        // What reads a socket hands over what it read itself: a thread less on the way of every message.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        _server = builder.Build();
        _server.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        _server.Run(ServeAsync);
    }

    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <exception cref="IOException">Nobody can listen there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(cancellationToken);
        var address = new Uri(_server.Urls.Single());
        LocalEndPoint = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        LinkLog.Listening(_log, LocalEndPoint);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(_closeLimit);
        await _server.StopAsync(limit.Token);
        await _server.DisposeAsync();
    }

    private void Configure(KestrelServerOptions kestrel, LinkOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = null;
        kestrel.Limits.MaxConcurrentUpgradedConnections = null;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestLineSize = 256;
        kestrel.Limits.MaxRequestHeadersTotalSize = 2048;
        kestrel.Limits.MaxRequestHeaderCount = 20;
        // The deadline is that of the whole handshake, below.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        if (options.Listen.Address.Equals(IPAddress.Any) || options.Listen.Address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(options.Listen.Port, Configure);
        else
            kestrel.Listen(options.Listen, Configure);

        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => GuardAsync(connection, next));
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new ValueTask<System.Net.Security.SslServerAuthenticationOptions>(options.Credentials().ForListener()),
                HandshakeTimeout = options.Timings.Handshake,
            });
        }
    }

    /// <summary>Around a whole connection: what does not prove itself is ended, counted and named.</summary>
    private async Task GuardAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var unproven = _unproven.Enter(connection);
        connection.Features.Set(unproven);
        try
        {
            // Who says nothing gets no TLS either; who goes again without a word looked whether the port is open.
            if (!await SpeaksAsync(connection) && !unproven.IsEnded)
                return;
            if (!unproven.IsEnded)
                await next(connection);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It is gone, or was ended.
        }

        if (!unproven.IsProven)
            _reports.Refused(unproven.Address, unproven.Refusal, !unproven.IsRefusedThere, unproven.Detail);
    }

    private static async Task<bool> SpeaksAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var first = await input.ReadAsync();
        input.AdvanceTo(first.Buffer.Start);
        return !first.Buffer.IsEmpty;
    }

    private async Task ServeAsync(HttpContext http)
    {
        var unproven = http.Features.GetRequired<UnprovenConnection>();
        unproven.Stage = LinkRefusal.Http;
        if (http.Request.Path != LinkDialer.Path || !http.WebSockets.IsWebSocketRequest || http.Connection.ClientCertificate is not { } certificate)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            http.Response.Headers.Connection = "close";
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        unproven.Stage = LinkRefusal.Malformed;
        var tls = http.Features.GetRequired<ISslStreamFeature>().SslStream;
        var incoming = new IncomingLink(socket, tls.LocalCertificate!, certificate, unproven);
        try
        {
            await _accept(incoming, http.RequestAborted);
        }
        catch (LinkRefusedException e)
        {
            unproven.Stage = e.Refusal;
            unproven.IsRefusedThere = !e.IsOurs;
            unproven.Detail = e.Detail;
            if (e.IsOurs)
                await incoming.Channel.RefuseAsync(e.Refusal, http.RequestAborted);
        }
    }

    /// <summary>The node decides when this server stops, not a signal.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal static class FeatureCollectionExtensions
{
    /// <summary>Something that every connection of this listener has.</summary>
    public static T GetRequired<T>(this IFeatureCollection features)
        where T : class => features.Get<T>() ?? throw new InvalidOperationException($"a connection without {typeof(T).Name}");
}
