using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>A client's end of a session that remembers, and counts, what it was sent.</summary>
public sealed class ClientConnection(string address) : ISessionConnection
{
    private readonly BlockingCollection<string> _lines = [];
    private int _answered;
    private int _written;

    public IPAddress Client { get; } = IPAddress.Parse(address);

    public LinkSecurity Link { get; } = new(IsEncrypted: true, IsLocal: false, CanStartTls: false);

    public WebToken? Web => null;

    public Activity? CommandSpan { get; set; }

    /// <summary>Commands that were answered.</summary>
    public int Answers => Volatile.Read(ref _answered);

    /// <summary>Lines so far, read or not.</summary>
    public int Written => Volatile.Read(ref _written);

    public bool IsClosed { get; private set; }

    public void Write(Reply reply, bool unasked)
    {
        Interlocked.Increment(ref _written);
        _lines.Add(reply.ToString());
    }

    public void Answered(Verb verb, int code) => Interlocked.Increment(ref _answered);

    public void StartTls(Reply ready) => throw new NotSupportedException();

    public void HandTo(IActorRef session) => throw new NotSupportedException();

    public void Close() => IsClosed = true;

    public string? TryRead(TimeSpan patience) => _lines.TryTake(out string? line, patience) ? line : null;
}
