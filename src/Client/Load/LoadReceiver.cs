using System.Diagnostics;
using System.Net.Sockets;
using Conference.Client.Media.Rtp;

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
    private readonly SequenceWindow[][] _windows;
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
        _windows = [.. members.Select(m => new SequenceWindow[sendersOf(m.Room)])];
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

    private void Run()
    {
        using var ready = ReadySockets.Create([.. _members.Select(m => m.Socket)]);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(65536, pinned: true);
        Span<int> indices = stackalloc int[256];
        while (!_stop)
        {
            int count = ready.Wait(indices, 50);
            for (int i = 0; i < count; i++)
                Drain(indices[i], buffer);
        }
    }

    private void Drain(int index, byte[] buffer)
    {
        var socket = _members[index].Socket;
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
            if (!RtpHeader.IsRtcp(datagram))
                Counters.Damaged++;
            return;
        }

        var (room, sender) = LoadPlan.Split(packet.Sender);
        var windows = _windows[index];
        if (room != _members[index].Room || sender == _members[index].Sender || sender >= windows.Length)
        {
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
    }
}
