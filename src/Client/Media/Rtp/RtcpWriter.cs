using System.Buffers.Binary;
using System.Text;

namespace Conference.Client.Media.Rtp;

/// <summary>The RTCP qcvc sends: RR + SDES once a second for each of its sources, RR + SDES + BYE at the end.</summary>
public static class RtcpWriter
{
    /// <summary>Report blocks one packet can hold.</summary>
    public const int MaxBlocks = 31;

    /// <summary>Enough for every packet written here.</summary>
    public const int MaxBytes = 8 + (24 * MaxBlocks) + 544 + 8;

    /// <returns>The compound packet's length.</returns>
    public static int Write(Span<byte> packet, SourceDescription self, ReadOnlySpan<ReportBlock> blocks, bool goodbye)
    {
        int length = WriteReport(packet, self.Ssrc, blocks);
        length += WriteDescription(packet[length..], self);
        if (goodbye)
        {
            WriteHeader(packet[length..], 1, RtcpReader.Goodbye, 8);
            BinaryPrimitives.WriteUInt32BigEndian(packet[(length + 4)..], self.Ssrc);
            length += 8;
        }

        return length;
    }

    /// <summary>BYE of one source alone, which tells ffmpeg that a stream is over.</summary>
    public static byte[] Goodbye(uint ssrc)
    {
        byte[] packet = new byte[16];
        int length = WriteReport(packet, ssrc, []);
        WriteHeader(packet.AsSpan(length), 1, RtcpReader.Goodbye, 8);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(length + 4), ssrc);
        return packet;
    }

    private static int WriteReport(Span<byte> packet, uint ssrc, ReadOnlySpan<ReportBlock> blocks)
    {
        int length = 8 + (24 * blocks.Length);
        WriteHeader(packet, blocks.Length, RtcpReader.ReceiverReport, length);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        var rest = packet[8..length];
        foreach (var block in blocks)
        {
            rest[..24].Clear();
            BinaryPrimitives.WriteUInt32BigEndian(rest, block.Ssrc);
            BinaryPrimitives.WriteUInt32BigEndian(rest[4..], (uint)Math.Min(block.Lost, 0x7FFFFF));
            rest[4] = block.FractionLost;
            BinaryPrimitives.WriteUInt32BigEndian(rest[8..], block.ExtendedHighest);
            BinaryPrimitives.WriteUInt32BigEndian(rest[12..], block.Jitter);
            rest = rest[24..];
        }

        return length;
    }

    private static int WriteDescription(Span<byte> packet, SourceDescription self)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], self.Ssrc);
        int length = 8 + WriteItem(packet[8..], 1, "", self.Cname);
        if (self.Session.Length > 0)
            length += WriteItem(packet[length..], 8, "qcvc", self.Session);
        int padded = (length + 4) & ~3;
        packet[length..padded].Clear();
        WriteHeader(packet, 1, RtcpReader.SourceDescriptions, padded);
        return padded;
    }

    /// <summary>type, length, text; a PRIV item's text begins with its prefix and that one's length.</summary>
    private static int WriteItem(Span<byte> packet, byte type, string prefix, string text)
    {
        int start = 2;
        if (prefix.Length > 0)
        {
            packet[2] = (byte)prefix.Length;
            start = 3 + Encoding.ASCII.GetBytes(prefix, packet[3..]);
        }

        Encoding.UTF8.GetEncoder().Convert(text, packet[start..257], flush: true, out _, out int bytes, out _);
        packet[0] = type;
        packet[1] = (byte)(start - 2 + bytes);
        return start + bytes;
    }

    private static void WriteHeader(Span<byte> packet, int count, byte type, int length)
    {
        packet[0] = (byte)(0x80 | count);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((length / 4) - 1));
    }
}
