using System.Buffers.Binary;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Selection;

/// <summary>A receiver behind a link of its own: so many kbit/s, a queue, packets lost by chance. It reports every second as a browser does.</summary>
internal sealed class SimulatedLink
{
    private readonly SimulatedMember _member;
    private readonly SelectionRoom _room;
    private readonly Random _random;
    private readonly Dictionary<uint, Stream> _streams = [];
    private readonly List<uint> _missed = [];
    private double _queued;
    private long _drainedAt;
    private long _reportedAt;
    private double _estimate = 300;
    private double _received;
    private double _queuedBefore;

    public SimulatedLink(SelectionRoom room, SimulatedMember member, int seed = 1)
    {
        (_room, _member, _random) = (room, member, new Random(seed));
        (_drainedAt, _reportedAt) = (room.Now, room.Now);
        member.OnReceived = Take;
    }

    /// <summary>kbit/s.</summary>
    public double Width { get; set; } = 100_000;

    /// <summary>Seconds of what it takes.</summary>
    public double Queue { get; init; } = 0.3;

    public double Loss { get; init; }

    public bool Reports { get; init; } = true;

    public bool Nacks { get; init; }

    /// <summary>An estimate as Chromium's: 0.85 of what comes while the queue grows, else up by 8 % a second, to one and a half times what comes.</summary>
    public bool Estimates { get; init; }

    /// <summary>Packets that came.</summary>
    public List<byte[]> Came { get; } = [];

    public int Lost { get; private set; }

    /// <summary>Length of the last packet that came.</summary>
    public int LastLength => Came[^1].Length;

    /// <summary>Says what is due.</summary>
    public void Tick()
    {
        Drain();
        if (_missed.Count > 0 && Nacks)
            _member.Send(Packets.Rtcp(205, 1, [9, _streams.Keys.First(), .. _missed]));
        _missed.Clear();
        double passed = (_room.Now - _reportedAt) / 1e6;
        if (passed < 1)
            return;
        foreach ((uint ssrc, Stream stream) in _streams)
        {
            if (Reports)
                _member.Send(Packets.Rtcp(201, 1, 9, ssrc, (uint)stream.Fraction() << 24, (uint)stream.Highest, 0, 0, 0));
        }

        double rate = _received / passed;
        bool isGrowing = _queued > _queuedBefore + (Width * 0.05);
        if (Estimates)
            Estimate(isGrowing ? Math.Min(_estimate, 0.85 * rate) : Math.Max(_estimate, Math.Min(_estimate * 1.08, (1.5 * rate) + 10)));
        (_reportedAt, _received, _queuedBefore) = (_room.Now, 0, _queued);
    }

    private void Estimate(double kilobits)
    {
        _estimate = kilobits;
        _member.Send(Packets.Rtcp(206, 15, 9, 0, 0x52454D42, (1u << 24) | (10u << 18) | (uint)(kilobits * 1000 / 1024), 1111));
    }

    private void Drain()
    {
        double drained = Math.Min(_queued, Width * (_room.Now - _drainedAt) / 1e6);
        _queued -= drained;
        _received += drained;
        _drainedAt = _room.Now;
    }

    private void Take(byte[] packet)
    {
        if (packet[1] is >= 192 and <= 223)
            return;
        Drain();
        double kilobits = packet.Length * 8 / 1000.0;
        if (_queued + kilobits > Width * Queue || _random.NextDouble() < Loss)
        {
            Lost++;
            return;
        }

        _queued += kilobits;
        Came.Add(packet);
        uint ssrc = Packets.SsrcOf(packet);
        ushort number = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));
        if (!_streams.TryGetValue(ssrc, out Stream? stream))
            _streams.Add(ssrc, stream = new Stream(number));
        for (long missing = stream.Highest + 1; missing < stream.Extend(number); missing++)
            _missed.Add((uint)(ushort)missing << 16);
        stream.Take(number);
    }

    private sealed class Stream(ushort first)
    {
        private long _received;
        private long _reported = first - 1;

        public long Highest { get; private set; } = first - 1;

        public long Extend(ushort number) => Highest + (short)(number - (ushort)Highest);

        public void Take(ushort number)
        {
            Highest = Math.Max(Highest, Extend(number));
            _received++;
        }

        /// <summary>256ths lost since this was asked last.</summary>
        public int Fraction()
        {
            long expected = Highest - _reported;
            int lost = expected <= 0 ? 0 : (int)Math.Clamp((expected - _received) * 256 / expected, 0, 255);
            (_reported, _received) = (Highest, 0);
            return lost;
        }
    }
}
