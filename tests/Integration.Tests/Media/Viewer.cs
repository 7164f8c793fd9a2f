using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace Conference.Integration.Tests.Media;

/// <summary>What stands between the server and a viewer.</summary>
/// <param name="Loss">0 to 1, at random.</param>
/// <param name="Kilobits">More than this in a second is dropped; 0 for no limit.</param>
internal sealed record Link(double Loss = 0, int Kilobits = 0);

/// <summary>A member who receives VP8, asks for what it missed, and reports.</summary>
internal sealed class Viewer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Link _link;
    private readonly Random _random = new(7);
    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly SortedDictionary<long, byte[]> _packets = [];
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private readonly List<(TimeSpan At, int Bytes)> _arrived = [];
    private long _highest = -1;
    private double _bucket;
    private TimeSpan _filled;
    private TimeSpan _reported;
    private int _seen;
    private int _lost;

    public Viewer(Socket socket, Link? link = null)
    {
        _socket = socket;
        _link = link ?? new Link();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>From the start to the first whole keyframe.</summary>
    public TimeSpan? FirstPicture { get; private set; }

    public int Dropped { get; private set; }

    /// <summary>Says hello, and waits for nothing.</summary>
    public void Latch() => _socket.Send(Array.Empty<byte>());

    /// <summary>kbit/s got through the link over the last seconds.</summary>
    public double KilobitsOver(double seconds)
    {
        lock (_gate)
        {
            TimeSpan since = _clock.Elapsed - TimeSpan.FromSeconds(seconds);
            return _arrived.Where(a => a.At >= since).Sum(a => a.Bytes) * 8 / 1000.0 / seconds;
        }
    }

    /// <summary>The frames of which everything came, in order, with their RTP timestamps.</summary>
    public List<(uint Timestamp, byte[] Bytes)> WholeFrames()
    {
        List<(uint, byte[])> frames = [];
        lock (_gate)
        {
            List<byte[]> parts = [];
            long next = -1;
            foreach ((long sequence, byte[] packet) in _packets)
            {
                bool begins = (packet[12] & 0x10) != 0;
                if (sequence != next || begins)
                    parts.Clear();
                next = sequence + 1;
                if (!begins && parts.Count == 0)
                    continue;
                parts.Add(packet[18..]);
                if ((packet[1] & 0x80) == 0)
                    continue;
                frames.Add((BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4)), [.. parts.SelectMany(p => p)]));
                parts.Clear();
            }
        }

        return frames;
    }

    public int Missing
    {
        get
        {
            lock (_gate)
                return _packets.Count == 0 ? 0 : (int)(_packets.Keys.Last() - _packets.Keys.First() + 1 - _packets.Count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[65536];
        try
        {
            while (true)
            {
                int length = await _socket.ReceiveAsync(buffer, _stop.Token);
                if (length > 18 && buffer[1] is < 192 or > 223)
                {
                    lock (_gate)
                        Take(buffer[..length]);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Take(byte[] packet)
    {
        TimeSpan now = _clock.Elapsed;
        _seen++;
        if (IsDropped(packet.Length, now))
        {
            Dropped++;
            _lost++;
            return;
        }

        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(8));
        long extended = _highest < 0 ? sequence + 65536 : _highest + (short)(sequence - (ushort)_highest);
        for (long missing = _highest + 1; _highest >= 0 && missing < extended && _link.Kilobits == 0; missing++)
            _socket.Send(Rtcp(205, 1, 99, ssrc, (uint)(ushort)missing << 16));
        _highest = Math.Max(_highest, extended);
        _packets[extended] = packet;
        _arrived.Add((now, packet.Length));
        if (FirstPicture is null && (packet[1] & 0x80) != 0 && IsWholeKeyframe(extended))
            FirstPicture = now;
        if (now - _reported < TimeSpan.FromMilliseconds(500))
            return;
        _socket.Send(Rtcp(201, 1, 99, ssrc, (uint)(Math.Min(255, 256 * _lost / Math.Max(1, _seen)) << 24), 0, 0, 0, 0));
        (_reported, _seen, _lost) = (now, 0, 0);
    }

    private bool IsDropped(int bytes, TimeSpan now)
    {
        if (_random.NextDouble() < _link.Loss)
            return true;
        if (_link.Kilobits == 0)
            return false;
        // A quarter of a second of queue.
        _bucket = Math.Min(_link.Kilobits * 250 / 8.0, _bucket + ((now - _filled).TotalSeconds * _link.Kilobits * 125));
        _filled = now;
        if (_bucket < bytes)
            return true;
        _bucket -= bytes;
        return false;
    }

    private bool IsWholeKeyframe(long last)
    {
        for (long at = last; _packets.TryGetValue(at, out byte[]? packet); at--)
        {
            if ((packet[12] & 0x10) != 0)
                return (packet[18] & 1) == 0;
        }

        return false;
    }

    private static byte[] Rtcp(byte type, int count, params uint[] words)
    {
        byte[] packet = new byte[4 + (words.Length * 4)];
        (packet[0], packet[1], packet[3]) = ((byte)(0x80 | count), type, (byte)words.Length);
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4 + (i * 4)), words[i]);
        return packet;
    }
}
