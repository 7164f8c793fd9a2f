using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Support;

/// <summary>A client that remembers what it was sent.</summary>
public sealed class RecordingConnection(string address = "192.0.2.1") : ISessionConnection
{
    private readonly BlockingCollection<string> _lines = [];
    private int _answered;

    public IPAddress Client { get; } = IPAddress.Parse(address);

    public static LinkSecurity Encrypted { get; } = new(IsEncrypted: true, IsLocal: false, CanStartTls: false);

    public LinkSecurity Link { get; init; } = Encrypted;

    public WebToken? Web { get; init; }

    public Activity? CommandSpan { get; set; }

    public int Answers => Volatile.Read(ref _answered);

    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Write(Reply reply, bool unasked) => _lines.Add(reply.ToString());

    public void Answered(Verb verb, int code) => Interlocked.Increment(ref _answered);

    public void StartTls(Reply ready) => _lines.Add($"{ready}, then TLS");

    /// <summary>Whose the client is after it was handed on.</summary>
    public IActorRef? HandedTo { get; private set; }

    public void HandTo(IActorRef session) => HandedTo = session;

    public void Close() => Closed.TrySetResult();

    public string Read() => TryRead(Conference.Patience) ?? throw new TimeoutException("no line came");

    public string? TryRead(TimeSpan patience) => _lines.TryTake(out string? line, patience) ? line : null;

    /// <summary>To be called when nothing is under way any more.</summary>
    public void ExpectNothing() => Assert.False(_lines.TryTake(out string? line), line);
}
