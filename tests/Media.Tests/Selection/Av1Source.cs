using System.Buffers.Binary;
using System.Text;

namespace Conference.Media.Tests.Selection;

/// <summary>
/// Makes the packets of an AV1 stream with three temporal layers, described by the dependency descriptor alone: its payload
/// looks like nothing, as one that is encrypted does. Each frame is two packets, whose payload begins with the frame's number.
/// </summary>
internal sealed class Av1Source(uint ssrc)
{
    public const int KeyTemplate = 0;
    private const int TemplateOffset = 7;
    private const int ExtensionId = 12;

    // Layers 0, 2, 1, 2: the key, then over and over what refers to the frame 4, 1, 2, and 1 before.
    private static readonly int[] _templates = [1, 3, 2, 4];
    private static readonly int[] _layers = [0, 2, 1, 2];
    private static readonly int[] _refersTo = [4, 1, 2, 1];

    private ushort _sequence = 65_530;
    private int _frame;

    public int KeyframesSent { get; private set; }

    public bool WantsKeyframe { get; set; }

    /// <summary>The frames a frame's picture is made from: itself, and what it refers to, and so on.</summary>
    public Dictionary<int, (int Layer, int? RefersTo)> Frames { get; } = [];

    public List<byte[]> Next()
    {
        int place = _frame % 4;
        bool isKey = _frame == 0 || (WantsKeyframe && place == 0);
        WantsKeyframe &= !isKey;
        KeyframesSent += isKey ? 1 : 0;
        Frames[_frame] = (_layers[place], isKey ? null : _frame - _refersTo[place]);
        List<byte[]> packets = [Packet(0, isKey, isKey ? KeyTemplate : _templates[place]), Packet(1, false, isKey ? KeyTemplate : _templates[place])];
        _frame++;
        return packets;
    }

    /// <summary>Number of the frame that a packet is of.</summary>
    public static int FrameOf(byte[] packet) => BinaryPrimitives.ReadInt32BigEndian(packet.AsSpan(packet.Length - 4));

    private byte[] Packet(int index, bool hasStructure, int template)
    {
        byte[] element = Element(index == 0, index == 1, (template + TemplateOffset) % 64, _frame, hasStructure);
        byte[] extension = [ExtensionId, (byte)element.Length, .. element];
        int words = (extension.Length + 3) / 4;
        byte[] packet = new byte[12 + 4 + (4 * words) + 24];
        packet[0] = 0x90;
        packet[1] = (byte)(45 | (index == 1 ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(_frame * 3000));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), 0x1000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)words);
        extension.CopyTo(packet, 16);
        packet.AsSpan(16 + (4 * words), 20).Fill(0xFF);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(packet.Length - 4), _frame);
        return packet;
    }

    private static byte[] Element(bool starts, bool ends, int template, int frame, bool hasStructure)
    {
        var bits = new StringBuilder().Append(Bits(starts ? 1 : 0, 1)).Append(Bits(ends ? 1 : 0, 1)).Append(Bits(template, 6)).Append(Bits(frame & 0xFFFF, 16));
        if (hasStructure)
            bits.Append("10000").Append(Structure);
        return ToBytes(bits.ToString());
    }

    /// <summary>Five templates, three targets, one chain; the picture's size at the end.</summary>
    private static string Structure => string.Concat(
        Bits(TemplateOffset, 6), Bits(2, 5),
        "00 01 01 00 11",
        "101010 101010 000110 000001 000001",
        "0 100110 100010 100000 100000",
        "01 0000 0100 0010 0001 0011",
        "1", Bits(1279, 16), Bits(719, 16)).Replace(" ", "", StringComparison.Ordinal);

    private static string Bits(int value, int count) => Convert.ToString(value, 2).PadLeft(count, '0');

    private static byte[] ToBytes(string bits)
    {
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(8 * i, 8), 2))];
    }
}
