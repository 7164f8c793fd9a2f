using System.Globalization;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;

namespace Conference.Client.Media.Playing;

/// <summary>A window with a member's picture, and their sound: by ffplay, or by GStreamer.</summary>
internal sealed class WindowOutput(string player, string member) : MemberOutput(player)
{
    /// <summary>A window that somebody has closed stays closed.</summary>
    public override bool HasBegun => true;

    public override TimeSpan TimeToEnd => TimeSpan.Zero;

    public override IReadOnlyList<string> Arguments(string sdpFile, IReadOnlyList<(PayloadFormat Format, int Port)> streams) =>
        PlayerTool.IsGStreamer(Program) ? Pipeline(streams) : Play(sdpFile, streams.Any(s => s.Format.Service == Protocol.Service.Video));

    private string[] Play(string sdpFile, bool hasPicture) =>
    [
        "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,udp,rtp", "-localaddr", "127.0.0.1",
        "-fflags", "nobuffer", "-flags", "low_delay", "-framedrop", "-window_title", member, .. hasPicture ? Array.Empty<string>() : ["-nodisp"],
        "-f", "sdp", "-i", sdpFile,
    ];

    private static string[] Pipeline(IReadOnlyList<(PayloadFormat Format, int Port)> streams) => ["-q", .. streams.SelectMany(s => Chain(s.Format, s.Port))];

    private static string[] Chain(PayloadFormat format, int port)
    {
        string caps = string.Create(
            CultureInfo.InvariantCulture,
            $"application/x-rtp,media={format.Service},clock-rate={format.ClockRate},encoding-name={format.Codec.ToUpperInvariant()},payload={format.PayloadType}");
        string[] decode = format.Codec switch
        {
            "VP8" => ["rtpvp8depay", "!", "vp8dec"],
            "H264" => ["rtph264depay", "!", "avdec_h264"],
            "opus" => ["rtpopusdepay", "!", "opusdec"],
            "PCMU" => ["rtppcmudepay", "!", "mulawdec"],
            _ => ["rtppcmadepay", "!", "alawdec"],
        };
        string[] show = format.Service == Protocol.Service.Video
            ? ["videoconvert", "!", "autovideosink"]
            : ["audioconvert", "!", "audioresample", "!", "autoaudiosink"];
        string source = string.Create(CultureInfo.InvariantCulture, $"port={port}");
        return ["udpsrc", "address=127.0.0.1", source, $"caps={caps}", "!", "rtpjitterbuffer", "!", .. decode, "!", .. show];
    }
}
