using Conference.Media.Codecs;
using Conference.Protocol.Rtp;

namespace Conference.Media.Streams;

/// <summary>What is remembered of a source's packets before it is believed: mostly its first is the head of a keyframe.</summary>
internal struct StreamOpening
{
    /// <summary>What a keyframe has shown; <see cref="Codec.Unknown"/> where none came.</summary>
    public Codec Codec;

    public byte PayloadType;

    public uint Timestamp;

    public long At;

    /// <summary>It was the keyframe's own data, and not only what comes before it.</summary>
    public bool IsKeyframe;

    public void Read(in RtpPacket packet, ReadOnlySpan<byte> datagram, long now)
    {
        Codec codec = PayloadReader.Recognise(datagram.Slice(packet.PayloadOffset, packet.PayloadLength), packet.PayloadType, out FrameFacts facts);
        if (codec != Codec.Unknown)
            (Codec, PayloadType, Timestamp, At, IsKeyframe) = (codec, packet.PayloadType, packet.Timestamp, now, facts.Is(FrameMarks.Keyframe));
    }
}
