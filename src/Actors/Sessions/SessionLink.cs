using Akka.Actor;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;

namespace Conference.Actors.Sessions;

/// <summary>
/// A session's way to its client. It may be lost for a while, and go on over another connection: what the session says by itself meanwhile is kept for it, and what was asked
/// over a connection that is gone is answered to nobody.
/// </summary>
internal sealed class SessionLink(ISessionConnection connection)
{
    /// <summary>Lines kept; of more, the oldest are lost.</summary>
    private const int MostKept = 256;

    private readonly Queue<Reply> _kept = new(0);

    /// <summary>Commands that came over <see cref="Connection"/> and are not answered.</summary>
    private int _unanswered;

    /// <summary>Those that came over others, all before the former.</summary>
    private int _orphaned;

    /// <summary>The latest.</summary>
    public ISessionConnection Connection { get; private set; } = connection;

    /// <summary>Nobody is there.</summary>
    public bool IsLost { get; private set; }

    /// <summary>A command came.</summary>
    public void Received()
    {
        if (IsLost)
            _orphaned++;
        else
            _unanswered++;
    }

    public void Write(Reply reply, bool unasked)
    {
        bool isAnswerToNobody = !unasked && _orphaned > 0 && reply.Code != Reply.ClosingCode;
        if (!IsLost && !isAnswerToNobody)
            Connection.Write(reply, unasked);
        else if (unasked)
            Keep(reply);
    }

    public void Answered(Verb verb, int code)
    {
        if (_orphaned > 0)
        {
            _orphaned--;
            return;
        }

        _unanswered--;
        if (!IsLost)
            Connection.Answered(verb, code);
    }

    /// <summary>The connection is gone, or is another session's now.</summary>
    public void Lose()
    {
        IsLost = true;
        (_orphaned, _unanswered) = (_orphaned + _unanswered, 0);
    }

    /// <summary>Goes on over another connection, on which that was asked for.</summary>
    /// <param name="connection">The client.</param>
    /// <param name="session">Whose it is from now on.</param>
    /// <param name="answer">To what it asked.</param>
    public void Resume(ISessionConnection connection, IActorRef session, Reply answer)
    {
        if (!IsLost)
        {
            Connection.Write(Reply.Closing("resumed elsewhere"), unasked: false);
            Connection.Close();
            Lose();
        }

        (Connection, IsLost) = (connection, false);
        connection.HandTo(session);
        connection.Write(answer, unasked: false);
        connection.Answered(Verb.Auth, answer.Code);
        while (_kept.TryDequeue(out var line))
            connection.Write(line, unasked: true);
    }

    public void Close()
    {
        if (!IsLost)
            Connection.Close();
    }

    private void Keep(Reply line)
    {
        if (_kept.Count == MostKept)
            _kept.Dequeue();
        _kept.Enqueue(line);
    }
}
