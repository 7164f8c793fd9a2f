namespace Conference.Media.Codecs;

/// <summary>Which codec a source carries, and what its packets say. QCVC signals neither, so conventional payload types are
/// believed until a packet contradicts them, and unconventional ones wait for a packet that can hardly be anything else.</summary>
internal static class PayloadReader
{
    /// <summary>What qcvc and most WebRTC stacks mean by a payload type, and RFC 3551's static ones.</summary>
    public static Codec Conventional(byte payloadType) => payloadType switch
    {
        45 => Codec.Av1,
        96 => Codec.Vp8,
        98 => Codec.Vp9,
        102 => Codec.H264,
        26 => Codec.Jpeg,
        111 or <= 23 => Codec.Audio,
        _ => Codec.Unknown,
    };

    public static bool TryRead(Codec codec, ReadOnlySpan<byte> payload, out FrameFacts facts)
    {
        switch (codec)
        {
            case Codec.Vp8:
                return Vp8Payload.TryRead(payload, out facts);
            case Codec.Vp9:
                return Vp9Payload.TryRead(payload, out facts);
            case Codec.H264:
                return H264Payload.TryRead(payload, out facts);
            case Codec.Av1:
                return Av1Payload.TryRead(payload, out facts);
            case Codec.Jpeg:
                // RFC 2435 section 3.1: type-specific byte, 24 bits of fragment offset. Every picture stands alone.
                facts = new FrameFacts { Marks = FrameMarks.Keyframe | FrameMarks.SwitchPoint };
                if (payload.Length < 8)
                    return false;
                if ((payload[1] | payload[2] | payload[3]) == 0)
                    facts.Marks |= FrameMarks.Start;
                return true;
            default:
                facts = default;
                return false;
        }
    }

    /// <summary>The codec of a packet that can hardly be anything else: a VP8 keyframe by its start code, an H.264 parameter set by its profile.</summary>
    public static Codec Recognise(ReadOnlySpan<byte> payload)
    {
        if (Vp8Payload.TryRead(payload, out FrameFacts facts) && facts.Is(FrameMarks.Keyframe))
            return Codec.Vp8;
        ReadOnlySpan<byte> unit = payload.Length > 3 && (payload[0] & 0x1F) == 24 ? payload[3..] : payload;
        bool isParameterSet = unit.Length >= 4 && (unit[0] & 0x9F) == 7 && (unit[2] & 0x03) == 0
            && unit[1] is 66 or 77 or 88 or 100 or 110 or 122 or 244;
        return isParameterSet && H264Payload.TryRead(payload, out _) ? Codec.H264 : Codec.Unknown;
    }
}
