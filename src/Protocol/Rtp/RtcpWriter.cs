using System.Buffers.Binary;

namespace Conference.Protocol.Rtp;

/// <summary>Writes RTCP packets (RFC 3550 section 6, RFC 4585 section 6). What is returned is a length in bytes.</summary>
public static class RtcpWriter
{
    /// <summary>Report blocks one packet can hold.</summary>
    public const int MaxBlocks = 31;

    /// <summary>Enough for <see cref="WriteCompound"/>.</summary>
    public const int MaxBytes = 8 + (ReportBlock.Bytes * MaxBlocks) + 544 + 8;

    /// <summary>Length of <see cref="WritePictureLoss"/>.</summary>
    public const int PictureLossBytes = FeedbackBytes;

    private const int FeedbackBytes = 12;
    private const int NackBytes = 4;

    /// <summary>What a source says of itself and of those it hears: RR, SDES, and BYE at the end.</summary>
    public static int WriteCompound(Span<byte> into, SourceDescription self, ReadOnlySpan<ReportBlock> blocks, bool goodbye)
    {
        int length = WriteReceiverReport(into, self.Ssrc, blocks);
        length += self.Write(into[length..]);
        return goodbye ? length + WriteGoodbye(into[length..], self.Ssrc) : length;
    }

    public static int WriteReceiverReport(Span<byte> packet, uint ssrc, ReadOnlySpan<ReportBlock> blocks)
    {
        int length = 8;
        foreach (ref readonly var block in blocks)
        {
            block.Write(packet[length..]);
            length += ReportBlock.Bytes;
        }

        return WriteHeader(packet, blocks.Length, RtcpType.ReceiverReport, length, ssrc);
    }

    public static int WriteGoodbye(Span<byte> packet, uint ssrc) => WriteHeader(packet, 1, RtcpType.Bye, 8, ssrc);

    /// <summary>Asks for a keyframe: RFC 4585 section 6.3.1.</summary>
    public static int WritePictureLoss(Span<byte> packet, uint own, uint source) =>
        WriteFeedback(packet, RtcpType.PayloadFeedback, FeedbackBytes, own, source);

    /// <summary>Asks for lost packets again: a generic NACK, RFC 4585 section 6.2.1.</summary>
    /// <remarks><code>
    /// |V=2|P| FMT=1 | 205 | length | SSRC of who asks | SSRC of the source |
    /// | packet id, 16 | which of the 16 behind it too, 16 | ...
    /// </code></remarks>
    /// <param name="packet">Takes 12 bytes, and 4 for each packet at worst; what does not fit is left out.</param>
    /// <param name="missed">At least one.</param>
    public static int WriteNack(Span<byte> packet, uint own, uint source, ReadOnlySpan<ushort> missed)
    {
        int length = FeedbackBytes;
        ushort first = 0;
        foreach (ushort sequence in missed)
        {
            int behind = (ushort)(sequence - first);
            if (length > FeedbackBytes && behind is >= 1 and <= 16)
            {
                Span<byte> mask = packet[(length - 2)..];
                BinaryPrimitives.WriteUInt16BigEndian(mask, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(mask) | (1 << (behind - 1))));
                continue;
            }

            if (length + NackBytes > packet.Length)
                break;
            first = sequence;
            BinaryPrimitives.WriteUInt32BigEndian(packet[length..], (uint)sequence << 16);
            length += NackBytes;
        }

        return WriteFeedback(packet, RtcpType.TransportFeedback, length, own, source);
    }

    /// <summary>Begins a packet, without padding: the first word, and the SSRC whose packet it is.</summary>
    /// <param name="count">As in <see cref="RtcpPacket"/>.</param>
    /// <param name="length">Of all of it.</param>
    public static int WriteHeader(Span<byte> packet, int count, byte type, int length, uint ssrc)
    {
        packet[0] = (byte)(0x80 | count);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        return length;
    }

    private static int WriteFeedback(Span<byte> packet, byte type, int length, uint own, uint source)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], source);
        return WriteHeader(packet, 1, type, length, own);
    }
}
