namespace Conference.Media.Codecs;

/// <summary>The VP9 payload descriptor, as far as temporal layers need it; spatial layers of a picture go together.</summary>
/// <remarks>
/// RFC 9628 section 4.2:
/// <code>
/// |I|P|L|F|B|E|V|Z|   if I |M| picture id 7 or 15 |   if L | TID |U| SID |D|   if L and not F | TL0PICIDX |
/// if F and P up to three times | reference |N|    if V | spatial layers - 1 |Y|G|-|-|-|, if Y 4 bytes for each, if G |count| and each |TID|U|R R|-|-|, R bytes
/// </code>
/// P = 0 on the lowest spatial layer is a keyframe where the frame's own header says so too: some senders set only B and E. U says that one may
/// switch up to this temporal layer here. VP9 bitstream specification section 6.2, the frame's header:
/// <code>|1 0|profile, 2 bits|0 if profile 3|shows another|not a keyframe|shown|resilient| 49 83 42</code>
/// </remarks>
internal static class Vp9Payload
{
    private const int SyncCode = 0x498342;

    public static bool TryRead(ReadOnlySpan<byte> payload, out FrameFacts facts)
    {
        facts = default;
        if (payload.Length < 2)
            return false;
        byte head = payload[0];
        int at = 1;
        if ((head & 0x80) != 0)
            at += (payload[1] & 0x80) != 0 ? 2 : 1;
        int spatial = 0;
        if ((head & 0x20) != 0)
        {
            if (at >= payload.Length)
                return false;
            facts.TemporalLayer = (byte)(payload[at] >> 5);
            spatial = (payload[at] >> 1) & 7;
            if ((payload[at] & 0x10) != 0)
                facts.Marks |= FrameMarks.SwitchPoint;
            at += (head & 0x10) != 0 ? 1 : 2;
        }

        if (at >= payload.Length)
            return false;
        if ((head & 0x08) == 0 || spatial != 0)
            return true;
        facts.Marks |= FrameMarks.Start;
        if ((head & 0x40) == 0 && IsKeyframe(Frame(payload, at, hasStructure: (head & 0x02) != 0)))
            facts.Marks |= FrameMarks.Keyframe | FrameMarks.SwitchPoint;
        return true;
    }

    /// <summary>The frame itself, behind the structure of spatial layers; empty when that does not fit.</summary>
    private static ReadOnlySpan<byte> Frame(ReadOnlySpan<byte> payload, int at, bool hasStructure)
    {
        if (!hasStructure)
            return payload[at..];
        byte structure = payload[at++];
        if ((structure & 0x10) != 0)
            at += 4 * ((structure >> 5) + 1);
        if ((structure & 0x08) != 0 && at < payload.Length)
        {
            int pictures = payload[at++];
            for (; pictures > 0 && at < payload.Length; pictures--)
                at += 1 + ((payload[at] >> 2) & 3);
        }

        return at < payload.Length ? payload[at..] : [];
    }

    private static bool IsKeyframe(ReadOnlySpan<byte> frame)
    {
        var bits = new BitReader(frame);
        bool hasMarker = bits.Read(2) == 2;
        if (bits.Read(2) == 3)
            hasMarker &= !bits.ReadFlag();
        bool showsAnother = bits.ReadFlag();
        bool refersToOthers = bits.ReadFlag();
        bits.Read(2);
        return hasMarker && !showsAnother && !refersToOthers && bits.Read(24) == SyncCode;
    }
}
