using System.Net;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;

namespace Conference.Actors.Sessions;

/// <summary>The client's end of a session, as the node provides it. Called by the session's actor only; nothing here blocks or throws.</summary>
public interface ISessionConnection
{
    /// <summary>The TCP peer's address.</summary>
    IPAddress Client { get; }

    /// <summary>Sends a line. An unasked one is dropped (and counted) where the client does not read.</summary>
    void Write(Reply reply, bool unasked);

    /// <summary>A command is answered; the next may be sent in.</summary>
    void Answered(Verb verb, int code);

    /// <summary>Closes once everything written is sent.</summary>
    void Close();
}
