using System.Buffers.Binary;

namespace Conference.Media.Codecs;

/// <summary>H.264 NAL units, alone, aggregated and fragmented. Pictures nobody refers to (NRI 0) are taken as a second temporal layer.</summary>
/// <remarks>
/// RFC 6184 sections 1.3, 5.3, 5.7.1 and 5.8: <code>|F|NRI|type|</code>
/// Types 1-5 are slices (5: IDR), 6 SEI, 7 SPS, 8 PPS, 9 delimiter, 24 STAP-A (16 bits of size, unit, ...), 28 FU-A
/// (<c>|S|E|R|type|</c>, then the unit without its header). A slice whose first_mb_in_slice is 0 (a leading one bit) begins a picture.
/// </remarks>
internal static class H264Payload
{
    private const int Idr = 5;
    private const int Sps = 7;
    private const int Stap = 24;
    private const int Fu = 28;

    public static bool TryRead(ReadOnlySpan<byte> payload, out FrameFacts facts)
    {
        facts = default;
        if (payload.Length < 2 || (payload[0] & 0x80) != 0)
            return false;
        int type = payload[0] & 0x1F;
        facts.Marks = FrameMarks.Auxiliary;
        switch (type)
        {
            case >= 1 and <= 23:
                Unit(payload[0], payload[1], true, ref facts);
                return true;
            case Stap:
                return TryReadAggregate(payload[1..], ref facts);
            case Fu when payload.Length >= 3:
                bool starts = (payload[1] & 0x80) != 0;
                Unit((byte)((payload[0] & 0xE0) | (payload[1] & 0x1F)), payload[2], starts, ref facts);
                return true;
            // STAP-B, MTAP and FU-B are of the interleaved mode, which nobody uses live.
            case 25 or 26 or 27 or 29:
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadAggregate(ReadOnlySpan<byte> units, ref FrameFacts facts)
    {
        bool any = false;
        while (units.Length >= 2)
        {
            int size = BinaryPrimitives.ReadUInt16BigEndian(units);
            if (size == 0 || size > units.Length - 2)
                return false;
            if (size >= 2)
                Unit(units[2], units[3], true, ref facts);
            units = units[(2 + size)..];
            any = true;
        }

        return any && units.IsEmpty;
    }

    /// <param name="header">The unit's own header.</param>
    /// <param name="first">The byte behind it.</param>
    /// <param name="begins">The unit begins here.</param>
    private static void Unit(byte header, byte first, bool begins, ref FrameFacts facts)
    {
        int type = header & 0x1F;
        if (type == Sps || type == Idr)
            facts.Marks |= FrameMarks.Keyframe;
        if (type == Sps)
            facts.Marks |= FrameMarks.Start;
        if (type is < 1 or > 5 && type != Sps)
            return;
        facts.Marks = (facts.Marks & ~FrameMarks.Auxiliary) | FrameMarks.SwitchPoint;
        facts.TemporalLayer = (byte)((header & 0x60) == 0 ? 1 : 0);
        if (type != Sps && begins && (first & 0x80) != 0)
            facts.Marks |= FrameMarks.Start;
    }
}
