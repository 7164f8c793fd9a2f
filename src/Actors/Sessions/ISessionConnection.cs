using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>The client's end of a session, as the node provides it. Called by the session's actor only; nothing here blocks or throws.</summary>
public interface ISessionConnection
{
    /// <summary>The TCP peer's address.</summary>
    IPAddress Client { get; }

    /// <summary>Who can read along, and whether that can be changed.</summary>
    LinkSecurity Link { get; }

    /// <summary>What a browser's session is found by where its media is negotiated; null for clients that have ports of their own.</summary>
    WebToken? Web { get; }

    /// <summary>The name by which the client means this service, as it told TLS or stands in its request; null for none. What it says is not proven.</summary>
    string? ServerName => null;

    /// <summary>The span of the oldest command that is not answered yet; null where nobody follows it.</summary>
    Activity? CommandSpan { get; }

    /// <summary>Sends a line. An unasked one is dropped (and counted) where the client does not read.</summary>
    void Write(Reply reply, bool unasked);

    /// <summary>A command is answered; the next may be sent in.</summary>
    void Answered(Verb verb, int code);

    /// <summary>
    /// Throws away what the client has sent so far, says <paramref name="ready"/>, begins TLS, and then a new session. Called once, before
    /// the <see cref="Answered"/> of the command that asked for it; this session hears and says nothing more.
    /// </summary>
    void StartTls(Reply ready);

    /// <summary>The client is another session's: what it says next is told to that, and so is that it has gone. Called before the <see cref="Answered"/> of the command that asked for it.</summary>
    void HandTo(IActorRef session);

    /// <summary>Closes once everything written is sent.</summary>
    void Close();
}
