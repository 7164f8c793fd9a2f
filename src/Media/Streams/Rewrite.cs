using System.Buffers.Binary;
using Conference.Media.Codecs;
using Conference.Protocol.Rtp;

namespace Conference.Media.Streams;

/// <summary>How a packet must read for one receiver. Applied to the slab, and taken back once it is sent.</summary>
internal struct Rewrite
{
    private const int DescriptorBytes = 4;

    public uint Ssrc;
    public ushort Sequence;
    public uint TimestampOffset;
    public ushort PictureIdOffset;
    public byte Tl0Offset;

    /// <summary>The packet is only to fill a hole: its header with this timestamp, and padding.</summary>
    public bool IsFiller;
    public uint FillerTimestamp;

    /// <summary>A packet without payload that fills a hole (RFC 3550 section 5.1, the P bit).</summary>
    public const int FillerLength = RtpPacket.HeaderLength + DescriptorBytes;

    /// <summary>What was there before.</summary>
    internal struct Undo
    {
        public ulong Head;
        public uint Ssrc;
        public uint Descriptor;
        public byte Fifth;
        public int DescriptorAt;
    }

    public readonly void Apply(Span<byte> packet, in PacketFacts facts, out Undo undo)
    {
        undo = new Undo
        {
            Head = BinaryPrimitives.ReadUInt64BigEndian(packet),
            Ssrc = RtpPacket.ReadSsrc(packet),
            DescriptorAt = IsFiller ? RtpPacket.HeaderLength : facts.PayloadAt,
        };
        bool hasDescriptor = packet.Length >= undo.DescriptorAt + DescriptorBytes
            && (IsFiller || facts.Frame.Is(FrameMarks.PictureId | FrameMarks.Tl0));
        if (!hasDescriptor)
            undo.DescriptorAt = -1;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], Sequence);
        RtpPacket.WriteSsrc(packet, Ssrc);
        uint timestamp = IsFiller ? FillerTimestamp : facts.Timestamp + TimestampOffset;
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], timestamp);
        if (!hasDescriptor)
            return;
        undo.Descriptor = BinaryPrimitives.ReadUInt32BigEndian(packet[undo.DescriptorAt..]);
        if (packet.Length > undo.DescriptorAt + DescriptorBytes)
            undo.Fifth = packet[undo.DescriptorAt + DescriptorBytes];
        if (IsFiller)
            Fill(packet);
        else
            Renumber(packet[facts.PayloadAt..], facts.Frame);
    }

    public static void Restore(Span<byte> packet, in Undo undo)
    {
        BinaryPrimitives.WriteUInt64BigEndian(packet, undo.Head);
        RtpPacket.WriteSsrc(packet, undo.Ssrc);
        if (undo.DescriptorAt < 0)
            return;
        BinaryPrimitives.WriteUInt32BigEndian(packet[undo.DescriptorAt..], undo.Descriptor);
        if (packet.Length > undo.DescriptorAt + DescriptorBytes)
            packet[undo.DescriptorAt + DescriptorBytes] = undo.Fifth;
    }

    private static void Fill(Span<byte> packet)
    {
        packet[0] = 0xA0;
        packet[1] &= 0x7F;
        BinaryPrimitives.WriteUInt32BigEndian(packet[RtpPacket.HeaderLength..], DescriptorBytes);
    }

    // The descriptor's first bytes hold all of it that is numbered: X, extension, picture id (at most two bytes) and TL0PICIDX, which may be the fifth.
    private readonly void Renumber(Span<byte> payload, in FrameFacts frame)
    {
        if (frame.Is(FrameMarks.LongPictureId))
            BinaryPrimitives.WriteUInt16BigEndian(payload[frame.PictureIdAt..], (ushort)(0x8000 | ((frame.PictureId - PictureIdOffset) & 0x7FFF)));
        else if (frame.Is(FrameMarks.PictureId))
            payload[frame.PictureIdAt] = (byte)((frame.PictureId - PictureIdOffset) & 0x7F);
        if (frame.Is(FrameMarks.Tl0))
            payload[frame.Tl0At] = (byte)(frame.Tl0 - Tl0Offset);
    }
}
