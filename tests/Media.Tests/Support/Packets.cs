using System.Buffers.Binary;

namespace Conference.Media.Tests.Support;

/// <summary>Builds RTP and RTCP datagrams.</summary>
internal static class Packets
{
    public static byte[] Rtp(uint ssrc, ushort sequence, string payload = "payload", byte payloadType = 96)
    {
        byte[] packet = new byte[12 + payload.Length];
        packet[0] = 0x80;
        packet[1] = payloadType;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), sequence * 3000u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        System.Text.Encoding.ASCII.GetBytes(payload, packet.AsSpan(12));
        return packet;
    }

    public static uint SsrcOf(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(8));

    /// <summary>One RTCP packet of whole words after the header.</summary>
    public static byte[] Rtcp(byte type, int count, params uint[] words)
    {
        byte[] packet = new byte[4 + words.Length * 4];
        packet[0] = (byte)(0x80 | count);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)words.Length);
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4 + i * 4), words[i]);
        return packet;
    }

    public static byte[] SenderReport(uint sender, params uint[] reportedOn) =>
        Rtcp(200, reportedOn.Length, [sender, 1, 2, 3, 4, 5, .. reportedOn.SelectMany(Block)]);

    public static byte[] ReceiverReport(uint sender, params uint[] reportedOn) =>
        Rtcp(201, reportedOn.Length, [sender, .. reportedOn.SelectMany(Block)]);

    /// <summary>Picture loss indication.</summary>
    public static byte[] Pli(uint sender, uint media) => Rtcp(206, 1, sender, media);

    public static uint Word(ReadOnlySpan<byte> packet, int index) => BinaryPrimitives.ReadUInt32BigEndian(packet[(index * 4)..]);

    private static uint[] Block(uint source) => [source, 11, 12, 13, 14, 15];
}
