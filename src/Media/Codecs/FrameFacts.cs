namespace Conference.Media.Codecs;

/// <summary>What a source carries, as far as it can be known without signalling.</summary>
internal enum Codec : byte
{
    Unknown,
    Vp8,
    Vp9,
    H264,
    Av1,
    Jpeg,
    Audio,
}

/// <summary>What one packet says of its frame.</summary>
[Flags]
internal enum FrameMarks : byte
{
    None = 0,

    /// <summary>The first packet of a frame.</summary>
    Start = 1,

    /// <summary>The frame needs no other.</summary>
    Keyframe = 2,

    /// <summary>From this frame on, frames of its temporal layer need no earlier one of that layer.</summary>
    SwitchPoint = 4,

    /// <summary>Belongs to a frame but does not say to what kind (H.264 SEI, a continued AV1 unit, padding, error correction).</summary>
    Auxiliary = 8,

    /// <summary>Carries a VP8 picture id.</summary>
    PictureId = 16,

    /// <summary>The picture id has 15 bits.</summary>
    LongPictureId = 32,

    /// <summary>Carries a VP8 TL0PICIDX.</summary>
    Tl0 = 64,

    /// <summary>H.264 parameter sets and no slice: a keyframe follows, or in an open GOP a picture that others before the cut belong to.</summary>
    Parameters = 128,
}

/// <summary>One packet's part in its frame, as its payload tells it.</summary>
internal struct FrameFacts
{
    /// <summary>Frames of a layer need none of the layers above it. 0 where the stream has no layers.</summary>
    public byte TemporalLayer;

    /// <summary>Whoever gets this frame may be given all frames up to this temporal layer from it on. 0 where the stream says nothing of the kind.</summary>
    public byte SwitchTo;

    public FrameMarks Marks;

    /// <summary>VP8's; where in the payload it lies; meaningful by <see cref="Marks"/>.</summary>
    public ushort PictureId;

    public byte PictureIdAt;

    public byte Tl0;

    public byte Tl0At;

    public readonly bool Is(FrameMarks mark) => (Marks & mark) != 0;
}
