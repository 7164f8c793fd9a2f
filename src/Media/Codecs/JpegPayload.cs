namespace Conference.Media.Codecs;

/// <summary>JPEG pictures, each of which stands alone.</summary>
/// <remarks>
/// RFC 2435 section 3.1: <code>| type-specific | fragment offset, 24 bits | type | Q | width / 8 | height / 8 |</code>
/// Types are 0 and 1, and 64 more with restart markers; Q is 1 to 99, or 128 and more with tables in the packet.
/// </remarks>
internal static class JpegPayload
{
    public static bool TryRead(ReadOnlySpan<byte> payload, out FrameFacts facts)
    {
        facts = new FrameFacts { Marks = FrameMarks.Keyframe | FrameMarks.SwitchPoint };
        if (payload.Length < 8 || (payload[4] & 0xBF) > 1 || payload[5] is 0 or (>= 100 and <= 127))
            return false;
        if ((payload[1] | payload[2] | payload[3]) == 0)
            facts.Marks |= FrameMarks.Start;
        return true;
    }
}
