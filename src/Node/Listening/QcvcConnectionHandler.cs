using System.Net;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Node.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace Conference.Node.Listening;

/// <summary>Every TCP connection to a QCVC port becomes a session, or is told why not.</summary>
public sealed class QcvcConnectionHandler(ConferenceHost conference, CommandMetrics metrics) : ConnectionHandler
{
    private static readonly TimeSpan _acceptDeadline = TimeSpan.FromSeconds(5);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        TcpKeepAlive.Enable(connection);
        using var client = new QcvcConnection(connection, metrics);
        switch (await AcceptAsync(connection, client))
        {
            case SessionsReplies.Accepted accepted:
                await client.RunAsync(accepted.Session);
                break;
            case SessionsReplies.Refused refused:
                metrics.Refused();
                await client.RefuseAsync(refused.Reason);
                break;
        }
    }

    private async Task<object> AcceptAsync(ConnectionContext connection, QcvcConnection client)
    {
        if (conference.Actors is not { } actors)
            return new SessionsReplies.Refused("starting");
        try
        {
            string host = conference.HostFor((connection.LocalEndPoint as IPEndPoint)?.Address);
            return await actors.Sessions.Ask<object>(new SessionsCommands.Accept(client, host), _acceptDeadline);
        }
        catch (AskTimeoutException)
        {
            return new SessionsReplies.Refused("busy");
        }
    }
}
