using System.Net;
using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Node.Limits;
using Conference.Node.Metrics;
using Conference.Node.Settings;

namespace Conference.Node.Qcvc;

/// <summary>The way in for every client, however its lines come: it becomes a session, or is told why not.</summary>
public sealed class SessionGate(NodeActors actors, NodeSettings settings, CommandMetrics metrics, MemoryReserve memory)
{
    private static readonly TimeSpan _acceptDeadline = TimeSpan.FromSeconds(5);

    /// <param name="client">Who has come.</param>
    /// <param name="local">The address of this node that it has come to.</param>
    /// <param name="refusal">Why it may not come in, where that is known already.</param>
    /// <param name="isGreeted">It had a session before, and started TLS.</param>
    /// <returns>Its session; null where it has been told 421 and why.</returns>
    public async Task<IActorRef?> AcceptAsync(QcvcConnection client, IPAddress? local, string? refusal, bool isGreeted = false)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (refusal is null && !isGreeted && memory.IsShort())
            refusal = "server full";
        if (refusal is null)
        {
            object answer = await AskAsync(new SessionsCommands.Accept(client, settings.HostFor(local), isGreeted));
            if (answer is SessionsReplies.Accepted accepted)
                return accepted.Session;
            refusal = ((SessionsReplies.Refused)answer).Reason;
        }

        metrics.Refused(refusal);
        await client.RefuseAsync(refusal);
        return null;
    }

    private async Task<object> AskAsync(SessionsCommands.Accept accept)
    {
        try
        {
            return await actors.Sessions.Ask<object>(accept, _acceptDeadline);
        }
        catch (AskTimeoutException)
        {
            return new SessionsReplies.Refused("busy");
        }
    }
}
