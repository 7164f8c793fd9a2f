using System.IO.Pipelines;
using System.Net;
using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Node.Qcvc.Tls;
using Conference.Node.Metrics;
using Conference.Node.Settings;
using Microsoft.AspNetCore.Connections;

namespace Conference.Node.Qcvc;

/// <summary>Every TCP connection to <c>Qcvc:Port</c> becomes a session, or is told why not; after STLS it becomes another one.</summary>
public sealed class QcvcConnectionHandler(NodeActors actors, NodeSettings settings, TlsGate tls, CommandMetrics metrics) : ConnectionHandler
{
    private static readonly TimeSpan _acceptDeadline = TimeSpan.FromSeconds(5);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        TcpKeepAlive.Enable(connection);
        if (await ServeAsync(connection, connection.Transport, isEncrypted: false, isGreeted: false))
            await ServeTlsAsync(connection, isGreeted: true);
    }

    /// <summary>The handshake, then a session.</summary>
    internal async Task ServeTlsAsync(ConnectionContext connection, bool isGreeted)
    {
        if (await tls.AcceptAsync(connection.Transport) is not { } pipe)
            return;
        await using (pipe)
            await ServeAsync(connection, pipe, isEncrypted: true, isGreeted);
    }

    /// <returns>True when TLS is to begin.</returns>
    private async Task<bool> ServeAsync(ConnectionContext connection, IDuplexPipe pipe, bool isEncrypted, bool isGreeted)
    {
        using var client = new QcvcConnection(connection, pipe, isEncrypted, canStartTls: tls.IsOpen && !isEncrypted, metrics);
        switch (await AcceptAsync(connection, client, isGreeted))
        {
            case SessionsReplies.Accepted accepted:
                return await client.RunAsync(accepted.Session);
            case SessionsReplies.Refused refused:
                metrics.Refused(refused.Reason);
                await client.RefuseAsync(refused.Reason);
                break;
        }

        return false;
    }

    private async Task<object> AcceptAsync(ConnectionContext connection, QcvcConnection client, bool isGreeted)
    {
        try
        {
            string host = settings.HostFor((connection.LocalEndPoint as IPEndPoint)?.Address);
            return await actors.Sessions.Ask<object>(new SessionsCommands.Accept(client, host, isGreeted), _acceptDeadline);
        }
        catch (AskTimeoutException)
        {
            return new SessionsReplies.Refused("busy");
        }
    }
}
