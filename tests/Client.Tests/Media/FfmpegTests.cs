using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;

namespace Conference.Client.Tests.Media;

public class FfmpegTests
{
    private static string Line(SendOptions options) => string.Join(' ', SendArguments.Build(options, 5000, 5002));

    [Fact]
    public void Both_services_come_from_one_process()
    {
        string line = Line(new SendOptions
        {
            Video = new VideoOptions { Pattern = "color", Color = "red", Ssrc = 0xFFFFFFFE },
            Audio = new AudioOptions { Tone = 880, Ssrc = 7 },
        });
        Assert.Contains("-re -f lavfi -i color=c=red:size=320x240:rate=15", line, StringComparison.Ordinal);
        Assert.Contains("-re -f lavfi -i sine=frequency=880:sample_rate=48000", line, StringComparison.Ordinal);
        Assert.Contains("-map 0:v:0 -c:v libvpx -deadline realtime", line, StringComparison.Ordinal);
        Assert.Contains("-g 8 -payload_type 96 -ssrc -2 -f rtp udp://127.0.0.1:5000?pkt_size=1200", line, StringComparison.Ordinal);
        Assert.Contains("-map 1:a:0 -c:a libopus", line, StringComparison.Ordinal);
        Assert.EndsWith("-payload_type 111 -ssrc 7 -f rtp udp://127.0.0.1:5002?pkt_size=1200", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_is_not_sent_is_not_asked_for()
    {
        string line = Line(new SendOptions { Video = null });
        Assert.DoesNotContain("-c:v", line, StringComparison.Ordinal);
        Assert.Contains("-map 0:a:0", line, StringComparison.Ordinal);
        Assert.DoesNotContain("-c:a", Line(new SendOptions { Audio = null }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("film.mp4", "-re -stream_loop -1 -i file:film.mp4")]
    [InlineData("concat:secret", "-re -stream_loop -1 -i file:concat:secret")]
    [InlineData("-i", "-re -stream_loop -1 -i file:-i")]
    [InlineData("/dev/video0", "-f v4l2 -framerate 15 -video_size 320x240 -i /dev/video0")]
    public void Files_and_cameras_are_told_apart(string source, string expected) =>
        Assert.Contains(expected, Line(new SendOptions { Video = new VideoOptions { Source = source }, Audio = null }), StringComparison.Ordinal);

    [Fact]
    public void Sound_devices_are_named_by_their_system() =>
        Assert.Contains("-f alsa -i hw:0", Line(new SendOptions { Video = null, Audio = new AudioOptions { Source = "alsa:hw:0" } }), StringComparison.Ordinal);

    [Fact]
    public void H264_is_sent_with_its_headers_in_every_keyframe()
    {
        string line = Line(new SendOptions { Video = new VideoOptions { Format = PayloadFormat.H264 }, Audio = null });
        Assert.Contains("-c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -bsf:v dump_extra", line, StringComparison.Ordinal);
        Assert.Contains("-payload_type 102", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_colour_cannot_become_a_filter_of_its_own() =>
        Assert.Contains(
            "-i color=c=redmovieetcpasswd:size=320x240",
            Line(new SendOptions { Video = new VideoOptions { Pattern = "color", Color = "red,movie=/etc/passwd" }, Audio = null }),
            StringComparison.Ordinal);

    [Fact]
    public void A_missing_ffmpeg_is_one_clear_sentence()
    {
        var e = Assert.Throws<FfmpegMissingException>(() => FfmpegTool.Find("/nowhere:/nor-here"));
        Assert.StartsWith("ffmpeg is needed for pictures and sound: install it (Debian: apt install ffmpeg), or join with --no-video --no-audio", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_recording_is_described_to_ffmpeg_with_a_line_per_stream() =>
        Assert.Equal(
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=qcvc\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
            "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=audio 4002 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n",
            SdpDescription.Build([(PayloadFormat.Vp8, 4000), (PayloadFormat.Opus, 4002)]));

    [Theory]
    [InlineData("joe", "joe")]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData("a/b\\c:d*e", "a_b_c_d_e")]
    [InlineData("...", "unknown")]
    [InlineData("", "unknown")]
    [InlineData("jürgen", "jürgen")]
    public void File_names_stay_in_their_directory(string member, string expected) => Assert.Equal(expected, RecordingFiles.SafeName(member));

    [Fact]
    public void A_file_of_a_whole_recording_says_when_it_began_and_its_name_always_fits()
    {
        var begun = new DateTimeOffset(2027, 1, 31, 14, 5, 6, TimeSpan.FromHours(2));
        Assert.Equal("joe-20270131T120506Z", "joe" + RecordingFiles.Dated(begun));
        string longest = new RecordingSubject(new string('東', 300), new string('s', 32), begun).FileName + RecordingFiles.Dated(begun) + "-10000.mkv.part";
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(longest), 200, 255);
        Assert.Equal("joe-screen", new RecordingSubject("joe", "screen", begun).FileName);
    }

    [Fact]
    public void A_directory_is_made_and_one_that_cannot_be_written_is_refused_at_once()
    {
        string directory = Directory.CreateTempSubdirectory("qcvc-test").FullName;
        try
        {
            string made = Path.Combine(directory, "a", "b");
            Assert.Equal(made, RecordingFiles.Prepare(made));
            Assert.Empty(Directory.GetFileSystemEntries(made));
            string file = Path.Combine(directory, "file");
            File.WriteAllText(file, "");
            Assert.ThrowsAny<IOException>(() => RecordingFiles.Prepare(file));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Two_of_one_name_get_a_file_each()
    {
        string directory = Directory.CreateTempSubdirectory("qcvc-test").FullName;
        try
        {
            Assert.Equal("joe.mkv", Path.GetFileName(RecordingFiles.Reserve(directory, "joe")));
            Assert.Equal("joe-2.mkv", Path.GetFileName(RecordingFiles.Reserve(directory, "joe")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
