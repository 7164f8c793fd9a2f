using Conference.Protocol.Replies;

namespace Conference.Client.Connections;

/// <summary>The server refused, left, or was none. <see cref="Reply"/> is what it said, where it said something.</summary>
public sealed class QcvcException : Exception
{
    public QcvcException(string message)
        : base(message)
    {
    }

    public QcvcException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public QcvcException(string command, Reply reply)
        : base($"{command}: {Printable.Of(reply.ToString())}") => Reply = reply;

    public QcvcException()
    {
    }

    public Reply? Reply { get; }
}
