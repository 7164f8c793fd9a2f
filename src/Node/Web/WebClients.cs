using System.IO.Pipelines;
using System.Net;
using Conference.Actors.Sessions.Limits;
using Conference.Media;
using Conference.Node.Metrics;
using Conference.Node.Qcvc;
using Conference.Protocol.Session;

namespace Conference.Node.Web;

/// <summary>Clients whose lines come by HTTP: a session for each, as on TCP, that is found by its token too.</summary>
internal sealed class WebClients(SessionGate gate, AddressLimits limits, WebSessions sessions, IMediaPlane plane, CommandMetrics metrics)
{
    /// <summary>From the greeting to the end of the session.</summary>
    /// <param name="pipe">Its lines.</param>
    /// <param name="abort">Ends the connection at once.</param>
    /// <param name="caller">Who it is.</param>
    public async Task ServeAsync(IDuplexPipe pipe, Action abort, WebCaller caller)
    {
        bool isIn = limits.TryEnter(caller.Client);
        try
        {
            var token = WebSessions.NewToken();
            using var client = new QcvcConnection(pipe, abort, caller.Client, caller.Link, metrics) { Web = token, ServerName = caller.ServerName };
            if (await gate.AcceptAsync(client, caller.Local, isIn ? null : "too many sessions") is not { } session)
                return;
            using (sessions.Add(token, new WebSession(session, plane)))
                await client.RunAsync(session);
        }
        finally
        {
            if (isIn)
                limits.Leave(caller.Client);
        }
    }
}

/// <summary>Who makes a request, and where it came to.</summary>
/// <param name="Client">The peer's address.</param>
/// <param name="Local">This node's.</param>
/// <param name="Link">Who can read along.</param>
/// <param name="ServerName">By which it means this service; null where it does not say.</param>
internal sealed record WebCaller(IPAddress Client, IPAddress? Local, LinkSecurity Link, string? ServerName = null);
