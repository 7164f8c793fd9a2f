using System.Diagnostics;
using System.Net.Sockets;
using Conference.Client.Media.Rtp;
using Conference.Protocol.Rtp;

namespace Conference.Client.Load;

/// <summary>
/// A thread that receives for its share of the members and judges every packet: delivered, duplicate, late, or never meant for it.
/// Nothing is allocated, and nothing shared, per packet.
/// </summary>
internal sealed class LoadReceiver
{
    /// <summary>Datagrams from one socket before the next one's turn.</summary>
    private const int MaxPerTurn = 64;

    private readonly LoadMember[] _members;
    private readonly Dictionary<LoadMember, int> _places;
    private readonly SequenceWindow[][] _windows;
    private readonly Silence[][] _silences;
    private readonly ReadySockets _ready = ReadySockets.Create();
    private readonly Lock _adding = new();

    /// <summary>By the socket's number: the member's socket, and the member. Never changed, only replaced by longer ones.</summary>
    private volatile (Socket Socket, int Member)[] _sockets;
    private readonly LoadOptions _options;
    private readonly uint _run;
    private readonly Thread _thread;
    private long _lastArrival;
    private volatile bool _stop;

    /// <param name="members">This thread's share.</param>
    /// <param name="sendersOf">Senders of a room.</param>
    /// <param name="options">The run's.</param>
    /// <param name="run">The run's number; others' packets do not count.</param>
    public LoadReceiver(LoadMember[] members, Func<int, int> sendersOf, LoadOptions options, uint run)
    {
        _members = members;
        _places = members.Select((m, i) => (m, i)).ToDictionary();
        _windows = [.. members.Select(m => new SequenceWindow[sendersOf(m.Room)])];
        _silences = [.. members.Select(m => new Silence[sendersOf(m.Room)])];
        _sockets = [.. members.Select((m, i) => (m.Socket, i))];
        for (int i = 0; i < members.Length; i++)
            _ready.Add(members[i].Socket, i);
        _options = options;
        _run = run;
        _thread = new Thread(Run) { IsBackground = true, Name = "qcvc load receive" };
    }

    public LoadCounters Counters { get; } = new();

    /// <summary>Stopwatch ticks of the last packet of this run.</summary>
    public long LastArrival => Volatile.Read(ref _lastArrival);

    public void Start() => _thread.Start();

    public void Stop()
    {
        _stop = true;
        _thread.Join();
    }

    /// <summary>From a member's next socket as well. From any thread.</summary>
    /// <returns>False when the member is another receiver's.</returns>
    public bool TryAdd(LoadMember member, Socket socket)
    {
        if (!_places.TryGetValue(member, out int place))
            return false;
        lock (_adding)
        {
            var sockets = _sockets;
            _sockets = [.. sockets, (socket, place)];
            _ready.Add(socket, sockets.Length);
        }

        return true;
    }

    /// <summary>The longest silence of each sender at each receiver. The thread has stopped.</summary>
    /// <param name="gaps">Gets them, nanoseconds.</param>
    /// <param name="from">When sending began, Stopwatch ticks; who was never heard was silent from then on.</param>
    /// <param name="until">When it ended.</param>
    /// <param name="end">Who was silent for so long then has not come back.</param>
    /// <returns>How many have not.</returns>
    public int AddGaps(DelayHistogram gaps, long from, long until, TimeSpan end)
    {
        int silent = 0;
        for (int i = 0; i < _members.Length; i++)
        {
            for (int sender = 0; sender < _silences[i].Length; sender++)
            {
                if (sender == _members[i].Sender)
                    continue;
                var silence = _silences[i][sender];
                var last = Stopwatch.GetElapsedTime(silence.Heard == 0 ? from : silence.Heard, until);
                var longest = Stopwatch.GetElapsedTime(0, silence.Longest);
                gaps.Add((long)(last > longest ? last : longest).TotalNanoseconds);
                if (last > end)
                    silent++;
            }
        }

        return silent;
    }

    private void Run()
    {
        using var ready = _ready;
        byte[] buffer = GC.AllocateUninitializedArray<byte>(65536, pinned: true);
        Span<int> indices = stackalloc int[256];
        while (!_stop)
        {
            int count = ready.Wait(indices, 50);
            for (int i = 0; i < count; i++)
                Drain(indices[i], buffer);
        }
    }

    private void Drain(int number, byte[] buffer)
    {
        var (socket, index) = _sockets[number];
        for (int i = 0; i < MaxPerTurn; i++)
        {
            int length = socket.Receive(buffer, SocketFlags.None, out var error);
            if (error != SocketError.Success)
                return;
            var bytes = buffer.AsSpan(0, length);
            if (!_options.CoalesceReceives)
            {
                Take(index, bytes);
                continue;
            }

            // The kernel joins datagrams of one size only, the last perhaps shorter.
            for (; bytes.Length > 0; bytes = bytes[Math.Min(_options.Size, bytes.Length)..])
                Take(index, bytes[..Math.Min(_options.Size, bytes.Length)]);
        }
    }

    private void Take(int index, ReadOnlySpan<byte> datagram)
    {
        long now = Stopwatch.GetTimestamp();
        if (datagram.Length != _options.Size || !LoadPacket.TryRead(datagram, out var packet) || packet.Run != _run)
        {
            // RTCP a server may add is none of a sender's packets, and no damage either.
            if (!RtpPacket.LooksLikeRtcp(datagram))
                Counters.Damaged++;
            return;
        }

        var (room, sender) = LoadPlan.Split(packet.Sender);
        var windows = _windows[index];
        if (room != _members[index].Room || sender == _members[index].Sender || sender >= windows.Length)
        {
            // Who moves is in its room twice for a moment, and hears itself.
            if (!_options.Follows || room != _members[index].Room || sender >= windows.Length)
                Counters.Misrouted++;
            return;
        }

        Volatile.Write(ref _lastArrival, now);
        switch (windows[sender].Add(packet.Sequence))
        {
            case Arrival.Duplicate:
                Counters.Duplicated++;
                return;
            case Arrival.Late or Arrival.Stale:
                Counters.Reordered++;
                break;
        }

        Counters.Delivered++;
        Counters.Delay.Add((long)((now - packet.SentAt) * (1e9 / Stopwatch.Frequency)));
        ref var silence = ref _silences[index][sender];
        if (silence.Heard != 0)
            silence.Longest = Math.Max(silence.Longest, now - silence.Heard);
        silence.Heard = now;
    }

    /// <summary>Of one sender at one receiver, Stopwatch ticks.</summary>
    private struct Silence
    {
        /// <summary>The last packet; 0 before the first.</summary>
        public long Heard;

        /// <summary>Between two packets.</summary>
        public long Longest;
    }
}
