using System.Buffers.Binary;

namespace Conference.Media.Tests.Web;

/// <summary>Reads transport-wide feedback as a browser does: for each number when it came, in 250 µs, or null.</summary>
internal static class FeedbackReader
{
    public static List<(int Number, long? Ticks)> Read(ReadOnlySpan<byte> packet)
    {
        Assert.Equal(0x8F, packet[0] & 0xDF);
        Assert.Equal(205, packet[1]);
        Assert.Equal(packet.Length, (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) + 1) * 4);
        int end = packet.Length - ((packet[0] & 0x20) != 0 ? packet[^1] : 0);
        ushort first = BinaryPrimitives.ReadUInt16BigEndian(packet[12..]);
        int count = BinaryPrimitives.ReadUInt16BigEndian(packet[14..]);
        long time = (long)(BinaryPrimitives.ReadUInt32BigEndian(packet[16..]) >> 8) * 256;
        List<int> statuses = [];
        int at = 20;
        for (; statuses.Count < count; at += 2)
        {
            int chunk = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
            if ((chunk & 0x8000) == 0)
                statuses.AddRange(Enumerable.Repeat((chunk >> 13) & 3, chunk & 0x1FFF));
            else if ((chunk & 0x4000) == 0)
                statuses.AddRange(Enumerable.Range(0, 14).Select(i => (chunk >> (13 - i)) & 1));
            else
                statuses.AddRange(Enumerable.Range(0, 7).Select(i => (chunk >> (12 - (2 * i))) & 3));
        }

        List<(int, long?)> read = [];
        for (int i = 0; i < count; i++)
        {
            Assert.InRange(statuses[i], 0, 2);
            time += statuses[i] switch { 1 => packet[at], 2 => BinaryPrimitives.ReadInt16BigEndian(packet[at..]), _ => 0 };
            at += statuses[i];
            read.Add(((ushort)(first + i), statuses[i] == 0 ? null : time));
        }

        Assert.Equal(end, at);
        return read;
    }
}
