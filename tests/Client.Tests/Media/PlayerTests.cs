using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Playing;
using Conference.Client.Media.Rtp;

namespace Conference.Client.Tests.Media;

public sealed class PlayerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qcvc-players-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_player_there_is_is_taken_and_without_one_a_sentence_says_what_to_install()
    {
        Assert.Contains("--play needs a player: install ffplay", Assert.Throws<FfmpegMissingException>(() => PlayerTool.Find(_folder)).Message, StringComparison.Ordinal);
        string gstreamer = Path.Combine(_folder, "gst-launch-1.0"), ffplay = Path.Combine(_folder, "ffplay");
        File.WriteAllText(gstreamer, "");
        Assert.Equal(gstreamer, PlayerTool.Find(_folder));
        File.WriteAllText(ffplay, "");
        Assert.Equal(ffplay, PlayerTool.Find(_folder));
    }

    [Fact]
    public void Ffplay_is_told_the_description_and_whose_window_it_is()
    {
        var arguments = new WindowOutput("/usr/bin/ffplay", "alice").Arguments("a.sdp", [(PayloadFormat.Vp8, 1000), (PayloadFormat.Opus, 1002)]);

        Assert.Equal(["-window_title", "alice", "-f", "sdp", "-i", "a.sdp"], arguments.TakeLast(6));
        Assert.Contains("-nodisp", new WindowOutput("/usr/bin/ffplay", "alice").Arguments("a.sdp", [(PayloadFormat.Opus, 1002)]));
    }

    [Fact]
    public void GStreamer_is_told_each_stream() => Assert.Equal(
        "-q udpsrc address=127.0.0.1 port=1000 caps=application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=102 ! rtpjitterbuffer ! rtph264depay ! avdec_h264"
        + " ! videoconvert ! autovideosink udpsrc address=127.0.0.1 port=1002 caps=application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=111"
        + " ! rtpjitterbuffer ! rtpopusdepay ! opusdec ! audioconvert ! audioresample ! autoaudiosink",
        string.Join(' ', new WindowOutput("/usr/bin/gst-launch-1.0", "alice").Arguments("a.sdp", [(PayloadFormat.H264, 1000), (PayloadFormat.Opus, 1002)])));

    [Theory]
    [InlineData("DISPLAY", ":0", true)]
    [InlineData("WAYLAND_DISPLAY", "wayland-0", true)]
    [InlineData("SDL_VIDEODRIVER", "dummy", true)]
    [InlineData("DISPLAY", "", false)]
    public void A_window_needs_a_display(string variable, string value, bool has) =>
        Assert.Equal(has, PlayerTool.HasDisplay(name => name == variable ? value : null) && OperatingSystem.IsLinux());
}
