using System.IO.Pipelines;
using System.Net;
using Conference.Actors.Sessions.Limits;
using Conference.Node.Metrics;
using Conference.Node.Qcvc.Proxies;
using Conference.Node.Qcvc.Tls;
using Conference.Protocol.Session;
using Microsoft.AspNetCore.Connections;

namespace Conference.Node.Qcvc;

/// <summary>Every TCP connection to <c>Qcvc:Port</c> becomes a session, or is told why not; after STLS it becomes another one.</summary>
public sealed class QcvcConnectionHandler(
    SessionGate sessions, TlsGate tls, ProxyGate proxies, AddressLimits limits, CommandMetrics metrics) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => ServeAsync(connection, beginsWithTls: false);

    /// <summary>From the first byte to the last.</summary>
    /// <param name="connection">As it was accepted.</param>
    /// <param name="beginsWithTls">The handshake comes first, not a greeting.</param>
    internal async Task ServeAsync(ConnectionContext connection, bool beginsWithTls)
    {
        TcpKeepAlive.Enable(connection);
        var peer = await proxies.IdentifyAsync(connection);
        if (peer is null)
        {
            await RefuseAsync(connection, beginsWithTls);
            return;
        }

        bool isIn = limits.TryEnter(peer.Client);
        string? refusal = isIn ? null : "too many sessions";
        try
        {
            if (beginsWithTls || await ServeAsync(connection, connection.Transport, peer, new Stage(IsEncrypted: false, IsGreeted: false), refusal))
                await ServeTlsAsync(connection, peer, isGreeted: !beginsWithTls, refusal);
        }
        finally
        {
            if (isIn)
                limits.Leave(peer.Client);
        }
    }

    /// <summary>The handshake, then a session.</summary>
    private async Task ServeTlsAsync(ConnectionContext connection, ProxiedConnection peer, bool isGreeted, string? refusal)
    {
        if (await tls.AcceptAsync(connection.Transport) is not { } pipe)
            return;
        await using (pipe)
            await ServeAsync(connection, pipe, peer, new Stage(IsEncrypted: true, isGreeted), refusal);
    }

    /// <returns>True when TLS is to begin.</returns>
    private async Task<bool> ServeAsync(ConnectionContext connection, IDuplexPipe pipe, ProxiedConnection peer, Stage stage, string? refusal)
    {
        var link = new LinkSecurity(stage.IsEncrypted, IPAddress.IsLoopback(peer.Client), CanStartTls: tls.IsOpen && !stage.IsEncrypted);
        using var client = Client(connection, pipe, peer.Client, link, (pipe as TlsPipe)?.ServerName);
        return await sessions.AcceptAsync(client, peer.Local, refusal, stage.IsGreeted) is { } session && await client.RunAsync(session);
    }

    /// <summary>A proxy that did not say whom it brings. Where TLS comes first nothing can be said.</summary>
    private async Task RefuseAsync(ConnectionContext connection, bool beginsWithTls)
    {
        const string Reason = "proxy header expected";
        metrics.Refused(Reason);
        if (beginsWithTls)
            return;
        using var client = Client(connection, connection.Transport, IPAddress.None, default);
        await client.RefuseAsync(Reason);
    }

    private QcvcConnection Client(ConnectionContext connection, IDuplexPipe pipe, IPAddress client, LinkSecurity link, string? serverName = null) =>
        new(pipe, () => connection.Abort(new ConnectionAbortedException("the client does not read")), client, link, metrics) { ServerName = serverName };

    /// <summary>How far a connection has come.</summary>
    private readonly record struct Stage(bool IsEncrypted, bool IsGreeted);
}
