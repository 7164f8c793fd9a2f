using System.Buffers.Binary;

namespace Conference.Media.Codecs;

/// <summary>The VP8 payload descriptor.</summary>
/// <remarks>
/// RFC 7741 section 4.2, and 4.3 for the first byte of a frame (P = 0: keyframe, whose bytes 3-5 are 9d 01 2a, RFC 6386 section 9.1):
/// <code>
/// |X|R|N|S|R| PID | then if X |I|L|T|K| RSV   |
/// if I |M| PictureID 7 or 15 |   if L | TL0PICIDX |   if T or K |TID|Y| KEYIDX |
/// </code>
/// </remarks>
internal static class Vp8Payload
{
    /// <summary>False for what cannot be VP8.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out FrameFacts facts)
    {
        facts = default;
        // R, the bit before N, must be zero; the frame's own bytes follow the descriptor.
        if (payload.Length < 2 || (payload[0] & 0x40) != 0)
            return false;
        bool isStart = (payload[0] & 0x17) == 0x10;
        int at = 1;
        if ((payload[0] & 0x80) != 0 && !TryReadExtension(payload, ref at, ref facts))
            return false;
        if (at >= payload.Length)
            return false;
        if (!isStart)
            return true;
        facts.Marks |= FrameMarks.Start;
        if ((payload[at] & 1) != 0)
            return true;
        if (payload.Length < at + 6 || payload[at + 3] != 0x9D || payload[at + 4] != 0x01 || payload[at + 5] != 0x2A)
            return false;
        facts.Marks |= FrameMarks.Keyframe | FrameMarks.SwitchPoint;
        return true;
    }

    private static bool TryReadExtension(ReadOnlySpan<byte> payload, ref int at, ref FrameFacts facts)
    {
        byte extension = payload[at++];
        if ((extension & 0x80) != 0)
        {
            if (at >= payload.Length)
                return false;
            facts.Marks |= FrameMarks.PictureId;
            facts.PictureIdAt = (byte)at;
            if ((payload[at] & 0x80) == 0)
                facts.PictureId = payload[at++];
            else if (at + 2 <= payload.Length)
            {
                facts.Marks |= FrameMarks.LongPictureId;
                facts.PictureId = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(payload[at..]) & 0x7FFF);
                at += 2;
            }
            else
                return false;
        }

        if ((extension & 0x40) != 0)
        {
            if (at >= payload.Length)
                return false;
            facts.Marks |= FrameMarks.Tl0;
            facts.Tl0At = (byte)at;
            facts.Tl0 = payload[at++];
        }

        if ((extension & 0x30) == 0)
            return true;
        if (at >= payload.Length)
            return false;
        if ((extension & 0x20) != 0)
        {
            facts.TemporalLayer = (byte)(payload[at] >> 6);
            if ((payload[at] & 0x20) != 0)
                facts.Marks |= FrameMarks.SwitchPoint;
        }

        at++;
        return true;
    }
}
