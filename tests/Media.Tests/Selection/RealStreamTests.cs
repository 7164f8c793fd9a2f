using Conference.Media.Layers;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Selection;

/// <summary>Streams of ffmpeg's encoders, which listen to nobody, at a rate they exceed; in virtual time.</summary>
public sealed class RealStreamTests
{
    private const int Seconds = 6;
    private readonly SelectionRoom _room = new();
    private readonly SimulatedMember _alice;
    private readonly SimulatedMember _bob;

    public RealStreamTests()
    {
        _alice = _room.Join();
        _bob = _room.Join(wants: RateTests.Rate(10));
    }

    [Theory]
    [InlineData(96, "-c:v h263")]
    [InlineData(98, "-c:v h263p")]
    [InlineData(96, "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 30")]
    [InlineData(98, "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 30")]
    [InlineData(102, "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 30")]
    [InlineData(45, "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 30")]
    [InlineData(26, "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 30")]
    [InlineData(98, "-c:v mpeg4")]
    public void What_is_not_what_its_type_says_is_forwarded_whole_and_told_so(int type, string encoder)
    {
        List<byte[]> sent = FfmpegStream.Encode(Seconds, type, encoder);
        Play(sent);
        Assert.Equal(sent, _bob.Rtp);
        Assert.Equal(30, RateNow()!.Value, 1.0);
        Assert.False(CanThin(10));
        Assert.True(CanThin(30));
        Assert.Equal("?", Assert.Single(_alice.Port.Sources.Streams()).Statistics().Codec);
    }

    [Theory]
    [InlineData(96)]
    [InlineData(98)]
    [InlineData(120)]
    public void Vp9_whose_descriptors_carry_only_begin_and_end_is_thinned_under_any_type(int type)
    {
        Play(FfmpegStream.Encode(Seconds, type, "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -g 30"));
        IsThinned("VP9");
        (string errors, int pictures) = FfmpegStream.DecodeVp9(_bob.Rtp);
        Assert.Equal(("", FramesOf(_bob)), (errors, pictures));
    }

    [Theory]
    [InlineData(96)]
    [InlineData(98)]
    public void Vp8_with_regular_keyframes_is_thinned_under_any_type(int type)
    {
        Play(FfmpegStream.Encode(Seconds, type, "-c:v libvpx -deadline realtime -cpu-used 8 -g 30"));
        IsThinned("VP8");
    }

    [Theory]
    [InlineData(102, "-bf 0")]
    [InlineData(96, "-bf 0")]
    [InlineData(98, "-bf 2")]
    public void H264_with_regular_idrs_is_thinned_under_any_type_and_decodes(int type, string options)
    {
        Play(FfmpegStream.Encode(Seconds, type, $"-c:v libx264 -preset ultrafast -g 30 {options}"));
        IsThinned("H264");
        Assert.Equal(("", FramesOf(_bob)), FfmpegStream.DecodeH264(_bob.Rtp));
    }

    [Fact]
    public void Open_gops_are_never_cut_where_pictures_before_the_cut_are_referred_to()
    {
        List<byte[]> sent = FfmpegStream.Encode(Seconds, 102, "-c:v libx264 -preset medium -tune stillimage -g 30 -bf 2 -x264-params open-gop=1:scenecut=0");
        Play(sent);
        Assert.Equal(("", FramesOf(_bob)), FfmpegStream.DecodeH264(_bob.Rtp));
        NeverEnds();
        // Of all that nobody refers to there is nothing.
        Assert.InRange(FramesOf(_bob), 30, (Seconds * 30) - 30);
    }

    [Theory]
    [InlineData(96, "-c:v libvpx -deadline realtime -cpu-used 8 -g 9999")]
    [InlineData(98, "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -g 9999")]
    [InlineData(102, "-c:v libx264 -preset ultrafast -bf 0 -g 9999")]
    [InlineData(102, "-c:v libx264 -preset ultrafast -bf 0 -intra-refresh 1 -g 60")]
    public void Who_gives_no_second_keyframe_is_forwarded_whole_and_told_so(int type, string encoder)
    {
        List<byte[]> sent = FfmpegStream.Encode(Seconds, type, encoder);
        Play(sent);
        Assert.Equal(sent, _bob.Rtp);
        Assert.NotEmpty(_alice.KeyframeRequests);
        Assert.Equal(30, RateNow()!.Value, 1.0);
        Assert.False(CanThin(10));
    }

    /// <summary>The same source, the same payload type, and a keyframe that says otherwise.</summary>
    [Fact]
    public void A_sender_that_changes_its_codec_is_believed_again()
    {
        const string vp8 = "-c:v libvpx -deadline realtime -cpu-used 8 -g 30";
        const string vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -g 30";
        List<byte[]> before = FfmpegStream.Encode(Seconds, 96, vp8 + " -ssrc 7");
        List<byte[]> after = FfmpegStream.Encode(Seconds, 96, vp9 + " -ssrc 7");
        Play(before);
        IsThinned("VP8");
        _bob.Received.Clear();
        Play(after);
        NeverEnds();
        Assert.Equal("VP9", Assert.Single(_alice.Port.Sources.Streams()).Statistics().Codec);
        Assert.InRange(FramesOf(_bob), 10 * Seconds * 0.6, 11 * Seconds + 10);
        Assert.Equal(("", FramesOf(_bob)), FfmpegStream.DecodeVp9(_bob.Rtp));
    }

    [Fact]
    public void A_rate_that_is_set_in_mid_stream_finds_the_same()
    {
        List<byte[]> sent = FfmpegStream.Encode(Seconds, 98, "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 30");
        _bob.Want(MediaPreferences.Default);
        Play(sent[..(sent.Count / 2)]);
        Assert.False(CanThin(10));
        _bob.Want(RateTests.Rate(10));
        Play(sent[(sent.Count / 2)..]);
        Assert.Equal(sent, _bob.Rtp);
    }

    private void IsThinned(string codec)
    {
        NeverEnds();
        Assert.Equal(codec, Assert.Single(_alice.Port.Sources.Streams()).Statistics().Codec);
        // The first keyframe after the first tells that there will be others.
        Assert.InRange(FramesOf(_bob, 2), 10 * (Seconds - 2) * 0.6, 11 * (Seconds - 2));
        // Of the last second, which may have had what the one before left over.
        Assert.InRange(RateNow()!.Value, 1, 20);
        Assert.True(CanThin(10));
        ushort[] numbers = [.. _bob.Rtp.Select(p => (ushort)((p[2] << 8) | p[3]))];
        Assert.All(numbers.Zip(numbers.Skip(1)), n => Assert.Equal((ushort)(n.First + 1), n.Second));
    }

    /// <summary>In every two seconds there is something.</summary>
    private void NeverEnds()
    {
        uint first = FfmpegStream.TimestampOf(_bob.Rtp.First());
        double[] at = [.. _bob.Rtp.Select(p => (FfmpegStream.TimestampOf(p) - first) / FfmpegStream.TicksPerSecond)];
        for (int second = 0; second <= Seconds - 2; second++)
            Assert.Contains(at, t => t >= second && t < second + 2);
    }

    private static int FramesOf(SimulatedMember member, int from = 0)
    {
        uint[] timestamps = [.. member.Rtp.Where(HasPicture).Select(FfmpegStream.TimestampOf).Distinct()];
        return timestamps.Count(t => t - timestamps[0] >= from * FfmpegStream.TicksPerSecond);
    }

    // Not one that has nothing but H.264's parameter sets.
    private static bool HasPicture(byte[] packet) => (packet[12] & 0x1F) is not (24 or 7 or 8);

    private void Play(List<byte[]> packets)
    {
        long start = _room.Now;
        uint first = FfmpegStream.TimestampOf(packets[0]);
        foreach (byte[] packet in packets)
        {
            // Pictures that are shown later than they are sent come when it is their turn to be sent.
            int ticks = (int)(FfmpegStream.TimestampOf(packet) - first);
            _room.Now = Math.Max(_room.Now, start + (long)(ticks / FfmpegStream.TicksPerSecond * 1_000_000));
            _alice.Send(packet);
        }
    }

    private double? RateNow() => Feasibility.RateNow(_bob.Port, [_alice.Port], _room.Now);

    private bool CanThin(int rate) => Feasibility.CanThin([_alice.Port], rate, _room.Now);
}
