using System.Buffers.Binary;

namespace Conference.Media.Codecs;

/// <summary>H.264 NAL units, alone, aggregated and fragmented. Pictures nobody refers to (NRI 0) are taken as a second temporal layer; an IDR
/// alone is a keyframe, for what follows a recovery point may refer to what came before it (open GOP).</summary>
/// <remarks>
/// RFC 6184 sections 1.3, 5.3, 5.7.1 and 5.8: <code>|F|NRI|type|</code>
/// Types 1-5 are slices (5: IDR), 6 SEI, 7 SPS, 8 PPS, 9 delimiter, 24 STAP-A (16 bits of size, unit, ...), 28 FU-A
/// (<c>|S|E|R|type|</c>, then the unit without its header). A slice whose first_mb_in_slice is 0 (a leading one bit) begins a picture.
/// </remarks>
internal static class H264Payload
{
    private const int Idr = 5;
    private const int Sps = 7;
    private const int Pps = 8;
    private const int LongestParameterSet = 256;
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

    /// <summary>A sequence parameter set is in it, by its profile, its level and its size.</summary>
    public static bool HasParameterSet(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return false;
        if ((payload[0] & 0x9F) != Stap)
            return IsParameterSet(payload);
        bool found = false;
        for (payload = payload[1..]; payload.Length >= 2;)
        {
            int size = BinaryPrimitives.ReadUInt16BigEndian(payload);
            if (size == 0 || size > payload.Length - 2)
                return false;
            found |= IsParameterSet(payload.Slice(2, size));
            payload = payload[(2 + size)..];
        }

        return found && payload.IsEmpty;
    }

    // ITU-T H.264 section 7.3.2.1.1: profile, six constraints and two zero bits, level.
    private static bool IsParameterSet(ReadOnlySpan<byte> unit) =>
        unit.Length is >= 4 and <= LongestParameterSet && (unit[0] & 0x9F) == Sps && (unit[2] & 0x03) == 0
        && unit[1] is 44 or 66 or 77 or 88 or 100 or 110 or 118 or 122 or 128 or 244
        && unit[3] is 9 or (>= 10 and <= 13) or (>= 20 and <= 22) or (>= 30 and <= 32) or (>= 40 and <= 42) or (>= 50 and <= 52) or (>= 60 and <= 62);

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
        if (type is Sps or Pps && facts.Is(FrameMarks.Auxiliary))
            facts.Marks |= FrameMarks.Parameters | (type == Sps ? FrameMarks.Start : 0);
        if (type is < 1 or > 5)
            return;
        facts.Marks = (facts.Marks & ~(FrameMarks.Auxiliary | FrameMarks.Parameters)) | FrameMarks.SwitchPoint;
        if (type == Idr)
            facts.Marks |= FrameMarks.Keyframe;
        facts.TemporalLayer = (byte)((header & 0x60) == 0 ? 1 : 0);
        if (begins && (first & 0x80) != 0)
            facts.Marks |= FrameMarks.Start;
    }
}
