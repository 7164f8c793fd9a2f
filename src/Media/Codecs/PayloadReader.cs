namespace Conference.Media.Codecs;

/// <summary>Which codec a source carries, and what its packets say. QCVC signals neither: a payload type is a hint, and a keyframe the
/// proof.</summary>
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
                return JpegPayload.TryRead(payload, out facts);
            default:
                facts = default;
                return false;
        }
    }

    /// <summary>The codec of a packet that shows a keyframe of it: VP8's start code, VP9's sync code, H.264's sequence parameter set, whatever the
    /// payload type; AV1's sequence header and the header of a JPEG where the type says so too, for they could be something else.</summary>
    /// <param name="facts">What the packet says of its frame.</param>
    public static Codec Recognise(ReadOnlySpan<byte> payload, byte payloadType, out FrameFacts facts)
    {
        if (Vp8Payload.TryRead(payload, out facts) && facts.Is(FrameMarks.Keyframe))
            return Codec.Vp8;
        if (Vp9Payload.TryRead(payload, out facts) && facts.Is(FrameMarks.Keyframe))
            return Codec.Vp9;
        if (H264Payload.HasParameterSet(payload) && H264Payload.TryRead(payload, out facts))
            return Codec.H264;
        Codec codec = Conventional(payloadType);
        if (codec is Codec.Av1 or Codec.Jpeg && TryRead(codec, payload, out facts) && facts.Is(FrameMarks.Start) && facts.Is(FrameMarks.Keyframe))
            return codec;
        facts = default;
        return Codec.Unknown;
    }
}
