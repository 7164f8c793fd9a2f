using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Conference.Protocol.Rtp;

namespace Conference.Client.Load;

/// <summary>
/// The thread that sends for all senders. Their turns are spread evenly over the time between two bursts of one of them, so that
/// the server sees a stream and not a flood once in a while; when it falls behind it catches up, and says by how much it was late.
/// </summary>
internal sealed class LoadSender
{
    /// <summary>What one send call may hold with segmentation (UDP_MAX_SEGMENTS, and the largest datagram).</summary>
    private const int MaxSegments = 64;
    private const int MaxSend = 65_000;

    /// <summary>Timestamp units per second of video; audio would differ, but nobody here decodes.</summary>
    private const int ClockRate = 90_000;

    private readonly Stream[] _streams;
    private readonly LoadOptions _options;
    private readonly uint _run;
    private readonly byte[] _buffer;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stop;

    public LoadSender(IEnumerable<LoadMember> senders, LoadOptions options, uint run)
    {
        _streams = [.. senders.Select(m => new Stream(m))];
        _options = options;
        _run = run;
        _buffer = new byte[options.SegmentSends ? options.Size * Math.Clamp(MaxSend / options.Size, 1, MaxSegments) : options.Size];
        _thread = new Thread(Run) { IsBackground = true, Name = "qcvc load send" };
    }

    public Task Done => _done.Task;

    /// <summary>When it began and ended, Stopwatch ticks; to be read once it is done.</summary>
    public (long Began, long Ended) Times { get; private set; }

    public long Failures { get; private set; }

    /// <summary>The longest a burst was late, in milliseconds: above some, the generator was the bottleneck.</summary>
    public double MaxLagMilliseconds { get; private set; }

    public double Seconds { get; private set; }

    public void Start() => _thread.Start();

    public void Stop() => _stop = true;

    /// <summary>Packets sent per room.</summary>
    public IEnumerable<(int Room, long Sent)> Sent => _streams.Select(s => (s.Member.Room, s.Next));

    private void Run()
    {
        PreciseSleep.Prepare();
        long start = Stopwatch.GetTimestamp();
        if (_streams.Length == 0)
            Idle(start);
        else
            Send(start);
        Times = (start, Stopwatch.GetTimestamp());
        Seconds = Stopwatch.GetElapsedTime(start, Times.Ended).TotalSeconds;
        _done.SetResult();
    }

    private void Idle(long start)
    {
        while (!_stop && Stopwatch.GetElapsedTime(start) < _options.Duration)
            Thread.Sleep(10);
    }

    private void Send(long start)
    {
        double slot = Stopwatch.Frequency * _options.Burst / _options.Rate / _streams.Length;
        double end = _options.Duration.TotalSeconds * Stopwatch.Frequency;
        for (long turn = 0; turn * slot < end && !_stop; turn++)
        {
            long due = start + (long)(turn * slot);
            PreciseSleep.Until(due);
            long now = Stopwatch.GetTimestamp();
            MaxLagMilliseconds = Math.Max(MaxLagMilliseconds, (now - due) * 1000.0 / Stopwatch.Frequency);
            SendBurst(_streams[turn % _streams.Length], (uint)((now - start) * (double)ClockRate / Stopwatch.Frequency));
        }
    }

    private void SendBurst(Stream stream, uint timestamp)
    {
        int perCall = _buffer.Length / _options.Size;
        for (int left = _options.Burst; left > 0;)
        {
            int count = Math.Min(left, perCall);
            long now = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                long sequence = stream.Next + i;
                var header = new RtpPacket(96, left - i == 1, (ushort)sequence, timestamp, stream.Ssrc);
                new LoadPacket(_run, stream.Id, sequence, now).Write(_buffer.AsSpan(i * _options.Size), header);
            }

            stream.Member.Socket.Send(_buffer.AsSpan(0, count * _options.Size), SocketFlags.None, out var error);
            if (error == SocketError.Success)
                stream.Next += count;
            else
                Failures += count;
            left -= count;
        }
    }

    private sealed class Stream(LoadMember member)
    {
        public LoadMember Member => member;

        public int Id { get; } = LoadPlan.Join(member.Room, member.Sender);

        public uint Ssrc { get; } = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));

        /// <summary>The next packet's number, and so how many were sent.</summary>
        public long Next { get; set; }
    }
}
