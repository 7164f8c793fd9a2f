using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Conference.Client.Connections;
using Conference.Client.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;

namespace Conference.Client.Load;

/// <summary>Brings everybody in: at most so many at once, at the wished rate, each timed from TCP's first packet to the UDP port.</summary>
internal sealed class LoadJoiner(LoadOptions options, string roomPrefix)
{
    /// <summary>Joins under way at once.</summary>
    public const int Parallel = 64;

    /// <summary>Different reasons kept; the others are counted with the last.</summary>
    private const int MaxReasons = 20;

    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(2);

    private readonly QcvcClientOptions _sessionOptions = new()
    {
        // What is measured is media; the joins of one server compare with those of another.
        Tls = TlsMode.Off,
        EventCapacity = options.Follows ? 256 : 1,
        ConnectTimeout = TimeSpan.FromSeconds(20),
        RequestTimeout = TimeSpan.FromSeconds(20),
    };

    private readonly QcvcAddress[] _nodes = [options.Server, .. options.OtherNodes];
    private readonly ConcurrentBag<LoadMember> _members = [];
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly Lock _timesLock = new();
    private long _firstStart;
    private long _lastEnd;
    private int _next = -1;

    public DelayHistogram Times { get; } = new();

    public int Joined => _members.Count;

    public int Failed => _errors.Values.Sum();

    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>From the first join's beginning to the last one's end.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(_firstStart, _lastEnd).TotalSeconds;

    public async Task<LoadMember[]> JoinAllAsync(CancellationToken cancel)
    {
        _firstStart = _lastEnd = Stopwatch.GetTimestamp();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(Parallel, options.Clients)).Select(_ => Task.Run(() => WorkAsync(cancel), cancel)));
        }
        catch
        {
            await LeaveAsync(_members);
            throw;
        }

        return [.. _members];
    }

    public static async Task LeaveAsync(IEnumerable<LoadMember> members)
    {
        await System.Threading.Tasks.Parallel.ForEachAsync(members, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (member, _) =>
        {
            foreach (var socket in member.Sockets)
                socket.Dispose();
            await member.Client.DisposeAsync();
        });
    }

    /// <summary>QUIT, if there still is somebody to say it to.</summary>
    public static async Task LeaveAsync(QcvcClient client)
    {
        using var soon = new CancellationTokenSource(_farewell);
        try
        {
            await client.QuitAsync(soon.Token);
        }
        catch (Exception e) when (e is QcvcException or OperationCanceledException)
        {
            // It is gone, or does not answer.
        }

        await client.DisposeAsync();
    }

    /// <summary>Into its room through one node, with its port open.</summary>
    /// <param name="index">Which client.</param>
    /// <param name="node">Through which.</param>
    /// <param name="isIn">Called when it has been given a port, before its first datagram; null where nobody wants to know.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="QcvcException">Refused.</exception>
    /// <exception cref="SocketException">No socket for its media.</exception>
    public async Task<LoadPlace> EnterAsync(int index, QcvcAddress node, Action? isIn, CancellationToken cancel)
    {
        var local = options.From is null ? null : LoadPlan.AddressAfter(options.From, index);
        var client = await QcvcClient.ConnectAsync(node, _sessionOptions with { LocalAddress = local }, cancel);
        try
        {
            var target = new Target(FormattableString.Invariant($"{roomPrefix}-{LoadPlan.PlaceOf(index, options.Rooms).Room}"), node.Host);
            int port = await client.ConnAsync(options.Service, target, cancel);
            isIn?.Invoke();
            if (options.Follows)
                await client.SetpAsync(Service.Session, "events", "on", cancel);
            return new LoadPlace(node, client, Open(client, port, SenderOf(index) >= 0));
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private async Task WorkAsync(CancellationToken cancel)
    {
        while (Interlocked.Increment(ref _next) is var i && i < options.Clients)
        {
            if (options.ConnectRate > 0)
            {
                var due = TimeSpan.FromSeconds(i / options.ConnectRate) - Stopwatch.GetElapsedTime(_firstStart);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, cancel);
            }

            await JoinAsync(i, cancel);
        }
    }

    private async Task JoinAsync(int index, CancellationToken cancel)
    {
        var (room, place) = LoadPlan.PlaceOf(index, options.Rooms);
        long start = Stopwatch.GetTimestamp();
        try
        {
            _members.Add(new LoadMember(index, room, SenderOf(index), await EnterAsync(index, _nodes[place % _nodes.Length], () => Time(start), cancel)));
        }
        catch (Exception e) when (e is QcvcException or SocketException)
        {
            string reason = _errors.Count < MaxReasons ? e.Message : "other reasons";
            _errors.AddOrUpdate(reason, 1, (_, n) => n + 1);
        }
    }

    /// <summary>A client's number among its room's senders, or -1.</summary>
    private int SenderOf(int index)
    {
        var (room, place) = LoadPlan.PlaceOf(index, options.Rooms);
        return place < options.Senders.In(LoadPlan.MembersOf(room, options.Clients, options.Rooms)) ? place : -1;
    }

    /// <summary>The server sends to nobody who did not send first.</summary>
    private Socket Open(QcvcClient client, int port, bool sends)
    {
        var socket = MediaPort.CreateSocket(client.LocalAddress, new IPEndPoint(client.RemoteAddress, port));
        if (options.CoalesceReceives)
            LinuxSockets.CoalesceReceives(socket);
        socket.Send(ReadOnlySpan<byte>.Empty, SocketFlags.None, out _);
        if (sends && options.SegmentSends)
            LinuxSockets.SegmentSends(socket, options.Size);
        return socket;
    }

    private void Time(long start)
    {
        long end = Stopwatch.GetTimestamp();
        lock (_timesLock)
        {
            Times.Add((long)(Stopwatch.GetElapsedTime(start, end).TotalMilliseconds * 1e6));
            _lastEnd = Math.Max(_lastEnd, end);
        }
    }
}
