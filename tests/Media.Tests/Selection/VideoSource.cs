using System.Buffers.Binary;

namespace Conference.Media.Tests.Selection;

/// <summary>Makes the packets of a VP8 stream with temporal layers, frame by frame; the picture is the frame's number.</summary>
/// <param name="ssrc">Its source.</param>
/// <param name="pattern">Temporal layers, over and over.</param>
internal sealed class Vp8Source(uint ssrc, params int[] pattern)
{
    private int _frame;
    private byte _tl0;

    public ushort Sequence { get; set; } = 65_500;

    public uint Timestamp { get; set; } = uint.MaxValue - 100_000;

    public int PacketsPerFrame { get; init; } = 3;

    public int FramesPerSecond { get; init; } = 30;

    public int PayloadBytes { get; init; } = 100;

    /// <summary>Frames between keyframes; 0 for only the first.</summary>
    public int KeyframeEvery { get; init; }

    public bool WantsKeyframe { get; set; }

    public byte PayloadType { get; init; } = 96;

    public bool HasDescriptor { get; init; } = true;

    public int Frames => _frame;

    /// <summary>The next frame's packets. Bytes 20 to 24 of a payload are the frame's number, byte 24 its layer, 25 keyframe.</summary>
    public List<byte[]> Next()
    {
        bool isKeyframe = _frame == 0 || WantsKeyframe || (KeyframeEvery > 0 && _frame % KeyframeEvery == 0);
        WantsKeyframe = false;
        int layer = pattern.Length == 0 ? 0 : pattern[_frame % pattern.Length];
        if (isKeyframe)
            layer = 0;
        if (layer == 0)
            _tl0++;
        // In these patterns a frame refers to the base layer only, or to the one right below in the same period.
        bool isSync = layer > 0;
        List<byte[]> packets = [];
        for (int i = 0; i < PacketsPerFrame; i++)
            packets.Add(Packet(i, layer, isKeyframe, isSync));
        _frame++;
        Timestamp += (uint)(90_000 / FramesPerSecond);
        return packets;
    }

    private byte[] Packet(int index, int layer, bool isKeyframe, bool isSync)
    {
        byte[] packet = new byte[12 + 26 + PayloadBytes];
        packet[0] = 0x80;
        packet[1] = (byte)(PayloadType | (index == PacketsPerFrame - 1 ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        Span<byte> payload = packet.AsSpan(12);
        int at = 1;
        payload[0] = (byte)(index == 0 ? 0x10 : 0);
        if (HasDescriptor)
        {
            payload[0] |= 0x80;
            payload[1] = 0xE0;
            BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)(0x8000 | (_frame + 32_700) & 0x7FFF));
            payload[4] = _tl0;
            payload[5] = (byte)((layer << 6) | (isSync ? 0x20 : 0));
            at = 6;
        }

        if (index == 0)
        {
            payload[at] = (byte)(isKeyframe ? 0x10 : 0x11);
            if (isKeyframe)
                (payload[at + 3], payload[at + 4], payload[at + 5]) = (0x9D, 0x01, 0x2A);
        }

        BinaryPrimitives.WriteInt32BigEndian(payload[20..], _frame);
        (payload[24], payload[25]) = ((byte)layer, (byte)(isKeyframe ? 1 : 0));
        return packet;
    }
}

/// <summary>What a receiver makes of the packets of one source: frames that are whole, in order of their numbers.</summary>
internal sealed class Vp8Sink
{
    private readonly SortedDictionary<long, byte[]> _packets = [];
    private long _highest = -1;

    public long Duplicates { get; private set; }

    public void Take(byte[] packet)
    {
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));
        long extended = _highest < 0 ? sequence + 65536L : _highest + (short)(sequence - (ushort)_highest);
        _highest = Math.Max(_highest, extended);
        if (!_packets.TryAdd(extended, packet))
            Duplicates++;
    }

    /// <summary>Sequence numbers that never came, between the first and the last that did.</summary>
    public long Missing => _packets.Count == 0 ? 0 : _packets.Keys.Last() - _packets.Keys.First() + 1 - _packets.Count;

    /// <summary>Frames with all their packets.</summary>
    public List<Frame> Frames(int packetsPerFrame)
    {
        List<Frame> frames = [];
        foreach (var group in _packets.Where(p => (p.Value[0] & 0x20) == 0).GroupBy(p => BinaryPrimitives.ReadInt32BigEndian(p.Value.AsSpan(32))))
        {
            byte[] first = group.First().Value;
            frames.Add(new Frame(
                group.Key, first[36], first[37] == 1, group.Count() == packetsPerFrame, BinaryPrimitives.ReadUInt32BigEndian(first.AsSpan(4)),
                (ushort)(BinaryPrimitives.ReadUInt16BigEndian(first.AsSpan(14)) & 0x7FFF), first[16]));
        }

        return frames;
    }

    internal sealed record Frame(int Number, int Layer, bool IsKeyframe, bool IsWhole, uint Timestamp, int PictureId, int Tl0);
}

/// <summary>A path that loses, duplicates and reorders, the same every time.</summary>
internal sealed class BadPath(int seed, double loss = 0, double duplicate = 0, double reorder = 0)
{
    private readonly Random _random = new(seed);
    private readonly List<(int Due, byte[] Packet)> _late = [];
    private int _sent;

    /// <summary>What is still under way.</summary>
    public List<byte[]> Flush() => [.. _late.Select(l => l.Packet)];

    public List<byte[]> Pass(IEnumerable<byte[]> packets)
    {
        List<byte[]> arriving = [];
        foreach (byte[] packet in packets)
        {
            _sent++;
            if (_random.NextDouble() >= loss)
            {
                if (_random.NextDouble() < reorder)
                    _late.Add((_sent + _random.Next(1, 12), packet));
                else
                    arriving.Add(packet);
                if (_random.NextDouble() < duplicate)
                    _late.Add((_sent + _random.Next(0, 20), [.. packet]));
            }

            arriving.AddRange(_late.Where(l => l.Due <= _sent).Select(l => l.Packet));
            _late.RemoveAll(l => l.Due <= _sent);
        }

        return arriving;
    }
}
