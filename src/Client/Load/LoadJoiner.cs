using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Conference.Client.Connections;
using Conference.Client.Media;
using Conference.Protocol.Addresses;

namespace Conference.Client.Load;

/// <summary>Brings everybody in: at most so many at once, at the wished rate, each timed from TCP's first packet to the UDP port.</summary>
internal sealed class LoadJoiner(LoadOptions options, string roomPrefix)
{
    /// <summary>Joins under way at once.</summary>
    private const int Parallel = 64;

    /// <summary>Different reasons kept; the others are counted with the last.</summary>
    private const int MaxReasons = 20;

    private static readonly QcvcClientOptions _sessionOptions = new()
    {
        // What is measured is media; the joins of one server compare with those of another.
        Tls = TlsMode.Off,
        EventCapacity = 1,
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
            member.Socket.Dispose();
            await member.Client.DisposeAsync();
        });
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
        var local = options.From is null ? null : LoadPlan.AddressAfter(options.From, index);
        var node = _nodes[place % _nodes.Length];
        long start = Stopwatch.GetTimestamp();
        QcvcClient? client = null;
        try
        {
            client = await QcvcClient.ConnectAsync(node, _sessionOptions with { LocalAddress = local }, cancel);
            var target = new Target(FormattableString.Invariant($"{roomPrefix}-{room}"), node.Host);
            int port = await client.ConnAsync(options.Service, target, cancel);
            Time(start);
            var socket = MediaPort.CreateSocket(client.LocalAddress, new IPEndPoint(client.RemoteAddress, port));
            if (options.CoalesceReceives)
                LinuxSockets.CoalesceReceives(socket);
            socket.Send(ReadOnlySpan<byte>.Empty, SocketFlags.None, out _);
            bool sends = place < options.Senders.In(LoadPlan.MembersOf(room, options.Clients, options.Rooms));
            _members.Add(new LoadMember(client, socket, room, sends ? place : -1));
        }
        catch (Exception e) when (e is QcvcException or SocketException)
        {
            string reason = _errors.Count < MaxReasons ? e.Message : "other reasons";
            _errors.AddOrUpdate(reason, 1, (_, n) => n + 1);
            if (client is not null)
                await client.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            if (client is not null)
                await client.DisposeAsync();
            throw;
        }
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
