using Conference.Media.Codecs;

namespace Conference.Media.Tests.Selection;

/// <summary>What payloads say of their frames.</summary>
public sealed class PayloadTests
{
    [Fact]
    public void A_vp8_descriptor_is_read_whole()
    {
        byte[] payload = [0x90, 0xF0, 0x81, 0x23, 42, 0xA0, 0x11, 0, 0];
        Assert.True(Vp8Payload.TryRead(payload, out FrameFacts facts));
        Assert.Equal((2, 0x123, 42), (facts.TemporalLayer, facts.PictureId, facts.Tl0));
        Assert.Equal((2, 4), (facts.PictureIdAt, facts.Tl0At));
        Assert.Equal(FrameMarks.Start | FrameMarks.SwitchPoint | FrameMarks.PictureId | FrameMarks.LongPictureId | FrameMarks.Tl0, facts.Marks);
    }

    [Fact]
    public void A_short_picture_id_and_partitions_are_told_apart()
    {
        Assert.True(Vp8Payload.TryRead([0x81, 0x80, 0x17, 1], out FrameFacts facts));
        Assert.Equal((FrameMarks.PictureId, 0x17), (facts.Marks, facts.PictureId));
        Assert.True(Vp8Payload.TryRead([0x11, 1, 2], out facts));
        Assert.Equal(FrameMarks.None, facts.Marks);
    }

    [Theory]
    [InlineData("10 10 00 00 9d 01 2a 40", true)]
    [InlineData("10 11 00 00 00 00 00 00", false)]
    public void A_vp8_keyframe_shows_its_start_code(string hex, bool isKeyframe)
    {
        Assert.True(Vp8Payload.TryRead(Bytes(hex), out FrameFacts facts));
        Assert.Equal(isKeyframe, facts.Is(FrameMarks.Keyframe));
    }

    [Theory]
    [InlineData("10 10 00 00 9d 01 2b 40")]
    [InlineData("10 10 00")]
    [InlineData("50 11 00")]
    [InlineData("90 80")]
    [InlineData("90 80 80")]
    [InlineData("90 e0 80 01")]
    [InlineData("90 e0 80 01 05")]
    [InlineData("90 e0 80 01 05 40")]
    [InlineData("10")]
    public void What_cannot_be_vp8_is_not(string hex) => Assert.False(Vp8Payload.TryRead(Bytes(hex), out _));

    [Theory]
    [InlineData("65 88 80", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    [InlineData("61 88 80", FrameMarks.Start | FrameMarks.SwitchPoint, 0)]
    [InlineData("01 88 80", FrameMarks.Start | FrameMarks.SwitchPoint, 1)]
    [InlineData("61 48 80", FrameMarks.SwitchPoint, 0)]
    [InlineData("67 42 00 1f", FrameMarks.Start | FrameMarks.Auxiliary | FrameMarks.Parameters, 0)]
    [InlineData("68 ce 3c", FrameMarks.Auxiliary | FrameMarks.Parameters, 0)]
    [InlineData("78 00 04 67 42 00 1f 00 02 06 06", FrameMarks.Start | FrameMarks.Auxiliary | FrameMarks.Parameters, 0)]
    [InlineData("78 00 04 67 42 00 1f 00 02 61 88", FrameMarks.Start | FrameMarks.SwitchPoint, 0)]
    [InlineData("06 05 10", FrameMarks.Auxiliary, 0)]
    [InlineData("7c 85 88 00", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    [InlineData("7c 05 88 00", FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    [InlineData("1c 81 88 00", FrameMarks.Start | FrameMarks.SwitchPoint, 1)]
    [InlineData("78 00 04 67 42 00 1f 00 02 65 88", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    public void H264_units_tell_keyframes_and_what_nobody_refers_to(string hex, object marks, int layer)
    {
        Assert.True(H264Payload.TryRead(Bytes(hex), out FrameFacts facts));
        Assert.Equal((FrameMarks)marks, facts.Marks);
        Assert.Equal(layer, facts.TemporalLayer);
    }

    [Theory]
    [InlineData("e5 88 80")]
    [InlineData("78 00 09 67 42")]
    [InlineData("78 00 00 00")]
    [InlineData("7c 85")]
    [InlineData("7f 00 00")]
    [InlineData("65")]
    public void What_cannot_be_h264_is_not(string hex) => Assert.False(H264Payload.TryRead(Bytes(hex), out _));

    [Theory]
    [InlineData("a8 85 00 00 01 82 49 83 42", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    [InlineData("e8 85 00 50 01 86 00 40 92", FrameMarks.Start | FrameMarks.SwitchPoint, 2)]
    [InlineData("e8 85 00 00 01 86 00 40 92", FrameMarks.Start, 0)]
    [InlineData("a0 85 00 00 01 82 49 83 42", FrameMarks.None, 0)]
    // Only B and E: what P says (nothing) is not enough.
    [InlineData("08 82 49 83 42", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    [InlineData("0c 86 00 40 92", FrameMarks.Start, 0)]
    [InlineData("0c 82 49 83 43", FrameMarks.Start, 0)]
    [InlineData("0c 8a 49 83 42", FrameMarks.Start, 0)]
    // Profile 3.
    [InlineData("08 b1 24 c1 a1 00", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    // Structures of spatial layers: two of them with their sizes, and three pictures of a group.
    [InlineData("0a 30 05 00 02 d0 02 80 01 68 82 49 83 42", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    [InlineData("0a 08 03 04 01 58 01 02 82 49 83 42", FrameMarks.Start, 0)]
    [InlineData("0a 08 02 04 01 58 01 02 82 49 83 42", FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0)]
    [InlineData("0a 08 ff 04", FrameMarks.Start, 0)]
    public void A_vp9_descriptor_tells_layers_and_the_frame_itself_whether_it_is_a_keyframe(string hex, object marks, int layer)
    {
        Assert.True(Vp9Payload.TryRead(Bytes(hex), out FrameFacts facts));
        Assert.Equal((FrameMarks)marks, facts.Marks);
        Assert.Equal(layer, facts.TemporalLayer);
    }

    [Theory]
    [InlineData("00 00 00 00 01 32 28 1e", true)]
    [InlineData("00 00 00 00 41 ff 28 1e", true)]
    [InlineData("00 00 00 00 02 32 28 1e", false)]
    [InlineData("00 00 00 00 01 00 28 1e", false)]
    [InlineData("00 00 00 00 01 32 28", false)]
    public void A_jpeg_has_a_header_of_its_own(string hex, bool isJpeg) =>
        Assert.Equal(isJpeg ? Codec.Jpeg : Codec.Unknown, PayloadReader.Recognise(Bytes(hex), 26, out _));

    [Fact]
    public void Av1_tells_sequence_starts_and_the_layer_in_its_units_header()
    {
        Assert.True(Av1Payload.TryRead([0x18, 0x0A, 0x0B], out FrameFacts start));
        Assert.True(start.Is(FrameMarks.Keyframe));
        // One unit, with an extension: temporal layer 2.
        Assert.True(Av1Payload.TryRead([0x10, 0x34, 0x40, 0], out FrameFacts layered));
        Assert.Equal(2, layered.TemporalLayer);
        // Two units, the first with its size before it.
        Assert.True(Av1Payload.TryRead([0x20, 0x02, 0x34, 0x20, 0x30], out FrameFacts two));
        Assert.Equal(1, two.TemporalLayer);
        Assert.True(Av1Payload.TryRead([0x90, 1, 2], out FrameFacts goesOn));
        Assert.Equal(FrameMarks.Auxiliary, goesOn.Marks);
        Assert.False(Av1Payload.TryRead([0x98, 1, 2], out _));
        Assert.False(Av1Payload.TryRead([0x11, 1, 2], out _));
        Assert.False(Av1Payload.TryRead([0x20, 0x80, 0x80], out _));
    }

    [Fact]
    public void Codecs_are_recognised_by_their_keyframes_whatever_the_type()
    {
        Assert.Equal(Codec.Vp8, PayloadReader.Conventional(96));
        Assert.Equal(Codec.Unknown, PayloadReader.Conventional(120));
        Assert.Equal(Codec.H264, PayloadReader.Recognise(Bytes("67 42 00 1f"), 96, out _));
        Assert.Equal(Codec.H264, PayloadReader.Recognise(Bytes("78 00 04 67 42 00 1f 00 02 65 88"), 96, out _));
        // An access unit delimiter before it.
        Assert.Equal(Codec.H264, PayloadReader.Recognise(Bytes("78 00 02 09 10 00 04 67 42 00 1f"), 120, out _));
        Assert.Equal(Codec.Vp8, PayloadReader.Recognise(Bytes("10 10 00 00 9d 01 2a 40"), 98, out _));
        Assert.Equal(Codec.Vp9, PayloadReader.Recognise(Bytes("08 82 49 83 42"), 96, out _));
        Assert.Equal(Codec.Unknown, PayloadReader.Recognise("payload"u8, 96, out _));
        // H.265: parameter sets, an IDR, a fragment of one. H.263. A profile that is none, a level that is none.
        foreach (string hex in (string[])["40 01 0c 01 ff", "42 01 01 01 60", "26 01 af 08", "62 01 93 af", "04 00 80 02", "67 43 00 1f", "67 42 00 e1"])
        {
            foreach (byte type in (byte[])[45, 96, 98, 102, 120])
                Assert.Equal(Codec.Unknown, PayloadReader.Recognise(Bytes(hex), type, out _));
        }

        Assert.Equal(Codec.Av1, PayloadReader.Recognise(Bytes("18 0a 0b"), 45, out _));
        Assert.Equal(Codec.Unknown, PayloadReader.Recognise(Bytes("18 0a 0b"), 96, out _));
        Assert.Equal(Codec.Unknown, PayloadReader.Recognise(Bytes("18 32 0b"), 45, out _));
    }

    [Fact]
    public void Every_truncation_of_everything_is_harmless()
    {
        var random = new Random(23);
        byte[] bytes = new byte[40];
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            for (int length = 0; length <= 12; length++)
            {
                foreach (Codec codec in Enum.GetValues<Codec>())
                    PayloadReader.TryRead(codec, bytes.AsSpan(0, length), out _);
                PayloadReader.Recognise(bytes.AsSpan(0, length), (byte)(round % 128), out _);
            }
        }
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
