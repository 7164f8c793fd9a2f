namespace Conference.Media.Codecs;

/// <summary>The VP9 payload descriptor, as far as temporal layers need it; spatial layers of a picture go together.</summary>
/// <remarks>
/// RFC 9628 section 4.2:
/// <code>
/// |I|P|L|F|B|E|V|Z|   if I |M| picture id 7 or 15 |   if L | TID |U| SID |D|   if L and not F | TL0PICIDX |
/// </code>
/// P = 0 on the lowest spatial layer is a keyframe; U says that one may switch up to this temporal layer here.
/// </remarks>
internal static class Vp9Payload
{
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
        if ((head & 0x40) == 0)
            facts.Marks |= FrameMarks.Keyframe | FrameMarks.SwitchPoint;
        return true;
    }
}
