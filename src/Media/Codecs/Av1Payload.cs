namespace Conference.Media.Codecs;

/// <summary>
/// AV1's aggregation header and the extension of the first unit's own header, which names its temporal layer where the
/// encoder makes layers.
/// </summary>
/// <remarks>
/// AV1 RTP specification section 4.4: <code>|Z|Y|W W|N|-|-|-|</code> Z: continues a unit. W: how many units, 0 means that each has its
/// size before it. N: the first packet of a coded video sequence, so a keyframe. AV1 specification section 5.3:
/// <code>|0| type |X|has size|-|   if X | temporal | spatial |-|</code>
/// For streams without a <see cref="DependencyDescriptor"/>. Switching up waits for a keyframe.
/// </remarks>
internal static class Av1Payload
{
    private const int SequenceHeader = 1;

    public static bool TryRead(ReadOnlySpan<byte> payload, out FrameFacts facts)
    {
        facts = default;
        if (payload.Length < 2 || (payload[0] & 0x07) != 0)
            return false;
        bool continues = (payload[0] & 0x80) != 0;
        bool isSequenceStart = (payload[0] & 0x08) != 0;
        if (continues && isSequenceStart)
            return false;
        if (continues)
        {
            facts.Marks = FrameMarks.Auxiliary;
            return true;
        }

        int at = 1;
        // With W = 1 the only unit has no size before it.
        if ((payload[0] & 0x30) != 0x10)
        {
            while (at < payload.Length && (payload[at] & 0x80) != 0)
                at++;
            at++;
        }

        if (at >= payload.Length || (payload[at] & 0x80) != 0)
            return false;
        if ((payload[at] & 0x04) != 0)
        {
            if (at + 1 >= payload.Length)
                return false;
            facts.TemporalLayer = (byte)(payload[at + 1] >> 5);
        }

        // That a frame begins here is known by its timestamp only, but for a sequence's first, which its header precedes.
        if (isSequenceStart && ((payload[at] >> 3) & 0x0F) != SequenceHeader)
            return false;
        if (isSequenceStart)
            facts.Marks = FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint;
        return true;
    }
}
