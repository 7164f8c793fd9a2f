using System.Globalization;
using Conference.Client.Media.Rtp;

namespace Conference.Client.Media.Ffmpeg;

/// <summary>
/// ffmpeg's command line for sending: one process for both services, so that their clocks are one, each to its own port of qcvc on
/// 127.0.0.1. Pure.
/// </summary>
public static class SendArguments
{
    /// <summary>RTP packets with their headers; fits every path's MTU with room for tunnels.</summary>
    public const int PacketSize = 1200;

    public static IReadOnlyList<string> Build(SendOptions options, int videoPort, int audioPort)
    {
        List<string> arguments = ["-nostdin", "-hide_banner", "-loglevel", "error", "-nostats"];
        int input = 0;
        int videoInput = options.Video is null ? -1 : input++;
        int audioInput = options.Audio is null ? -1 : input;
        if (options.Video is { } video)
            arguments.AddRange(VideoInput(video));
        if (options.Audio is { } audio)
            arguments.AddRange(AudioInput(audio));
        if (options.Video is not null)
            arguments.AddRange([.. Map(videoInput, "v"), .. Encoder(options.Video), .. Output(options.Video.Format, options.Video.Ssrc, videoPort)]);
        if (options.Audio is not null)
            arguments.AddRange([.. Map(audioInput, "a"), .. Encoder(options.Audio), .. Output(PayloadFormat.Opus, options.Audio.Ssrc, audioPort)]);
        return arguments;
    }

    private static IEnumerable<string> VideoInput(VideoOptions video)
    {
        string size = Invariant($"{video.Width}x{video.Height}"), rate = Invariant($"{video.FramesPerSecond}");
        if (video.Source is not { } source)
        {
            string color = video.Pattern == "color" ? $"c={Escape(video.Color)}:" : "";
            return ["-re", "-f", "lavfi", "-i", $"{Escape(video.Pattern)}={color}size={size}:rate={rate}"];
        }

        return source.StartsWith("/dev/", StringComparison.Ordinal)
            ? ["-f", "v4l2", "-framerate", rate, "-video_size", size, "-i", source]
            : ["-re", "-stream_loop", "-1", "-i", FileUrl(source)];
    }

    private static IEnumerable<string> AudioInput(AudioOptions audio)
    {
        if (audio.Source is not { } source)
            return ["-re", "-f", "lavfi", "-i", Invariant($"sine=frequency={audio.Tone}:sample_rate=48000")];
        foreach (string device in (string[])["alsa", "pulse"])
        {
            if (source.StartsWith(device + ":", StringComparison.Ordinal))
                return ["-f", device, "-i", source[(device.Length + 1)..]];
        }

        return ["-re", "-stream_loop", "-1", "-i", FileUrl(source)];
    }

    private static IEnumerable<string> Map(int input, string kind) => ["-map", Invariant($"{input}:{kind}:0")];

    private static List<string> Encoder(VideoOptions video)
    {
        string bits = Invariant($"{video.BitsPerSecond}");
        string keyframes = Invariant($"{Math.Max(1, (int)Math.Round(video.KeyframeSeconds * video.FramesPerSecond))}");
        List<string> arguments = [];
        if (video.Source is not null)
        {
            string size = Invariant($"{video.Width}:{video.Height}");
            string fit = $"scale={size}:force_original_aspect_ratio=decrease,pad={size}:(ow-iw)/2:(oh-ih)/2";
            arguments.AddRange(["-vf", Invariant($"fps={video.FramesPerSecond},{fit}")]);
        }

        arguments.AddRange(video.Format == PayloadFormat.H264
            ? ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline", "-bsf:v", "dump_extra"]
            : ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-error-resilient", "1", "-lag-in-frames", "0", "-auto-alt-ref", "0"]);
        // Small pictures are encoded faster than a second thread is woken; libvpx would spin for it, at five times the cost.
        string threads = video.Width * video.Height < 1280 * 720 ? "1" : "2";
        arguments.AddRange(["-threads", threads, "-pix_fmt", "yuv420p", "-b:v", bits, "-maxrate", bits, "-bufsize", bits, "-g", keyframes]);
        return arguments;
    }

    private static IEnumerable<string> Encoder(AudioOptions audio) =>
        ["-c:a", "libopus", "-b:a", Invariant($"{audio.BitsPerSecond}"), "-ac", "2", "-ar", "48000", "-frame_duration", "20"];

    private static IEnumerable<string> Output(PayloadFormat format, uint ssrc, int port) =>
    [
        "-payload_type", Invariant($"{format.PayloadType}"),
        // ffmpeg's is a signed number of the same 32 bits.
        "-ssrc", Invariant($"{(int)ssrc}"),
        "-f", "rtp", Invariant($"udp://127.0.0.1:{port}?pkt_size={PacketSize}"),
    ];

    /// <summary>No name becomes a protocol of ffmpeg's by accident.</summary>
    private static string FileUrl(string path) => path.Contains("://", StringComparison.Ordinal) ? path : $"file:{path}";

    /// <summary>Filter names and colours: letters, digits and a few marks, so that none can end its place in the filter's text.</summary>
    private static string Escape(string text) =>
        new([.. text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '#' or '@' or '.')]);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
