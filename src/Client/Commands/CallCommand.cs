using System.CommandLine;
using System.Globalization;
using Conference.Client.Calls;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Rtp;
using Spectre.Console;

namespace Conference.Client.Commands;

/// <summary><c>qcvc call standup@host</c></summary>
internal static class CallCommand
{
    private static readonly VideoOptions _video = new();
    private static readonly AudioOptions _audio = new();

    public static Command Create()
    {
        var command = new Command("call", "Join a room: send picture and sound, see who is there and how well they arrive.");
        var session = new SessionArguments(
            command, Arguments.Address("name@host", "the user or room to join; name@host:port where the port is not 4321"));
        var video = new Option<string?>("--video")
        {
            Description = "a file, played over and over, or a camera like /dev/video0 (default: a test picture)",
            HelpName = "file|device",
        };
        var audio = new Option<string?>("--audio")
        {
            Description = "a file, or a device like alsa:default or pulse:default (default: a tone)",
            HelpName = "file|device",
        };
        var noVideo = new Option<bool>("--no-video") { Description = "send no picture, only watch" };
        var noAudio = new Option<bool>("--no-audio") { Description = "send no sound, only listen" };
        var pattern = new Option<string>("--pattern")
        {
            Description = "test picture: testsrc2, smptebars, ... or color",
            DefaultValueFactory = _ => _video.Pattern,
        };
        var color = new Option<string?>("--color") { Description = "a plain test picture of this colour, like red or #ff8800", HelpName = "colour" };
        var tone = new Option<int>("--tone") { Description = "Hz of the test tone", DefaultValueFactory = _ => _audio.Tone };
        var size = new Option<string>("--size") { Description = "of the picture", DefaultValueFactory = _ => "320x240" };
        var fps = new Option<int>("--fps") { Description = "frames per second", DefaultValueFactory = _ => _video.FramesPerSecond };
        var bitrate = new Option<string>("--video-bitrate") { Description = "bits per second, like 500k or 2M", DefaultValueFactory = _ => "500k" };
        var codec = new Option<string>("--codec") { Description = "of the picture", DefaultValueFactory = _ => "vp8" };
        codec.AcceptOnlyFromAmong("vp8", "h264");
        var seconds = new Option<double?>("--seconds")
        {
            Description = "leave after so long",
            CustomParser = r => Arguments.Parse<double?>(r, Arguments.TryNumber(r.Tokens[0].Value, out double number), number, "is no number"),
        };
        var comeBack = new Option<double>("--come-back")
        {
            Description = "seconds to try to come back when the connection is lost or the server stops; 0 does not try",
            DefaultValueFactory = _ => 30,
            CustomParser = r => Arguments.Parse(r, Arguments.TryNumber(r.Tokens[0].Value, out double number), number, "is no number"),
        };
        var record = new Option<string?>("--record") { Description = "write each member's picture and sound to a file here", HelpName = "directory" };
        var json = Arguments.Json("the final figures");
        var plain = new Option<bool>("--plain") { Description = "lines instead of a live table" };
        foreach (var option in (Option[])[video, audio, noVideo, noAudio, pattern, color, tone, size, fps, bitrate, codec, seconds, comeBack, record, json, plain])
            command.Add(option);
        command.SetAction((result, cancel) => QcvcCommandLine.GuardAsync(
            async () =>
            {
                var (width, height) = ReadSize(result.GetValue(size)!);
                string? plainColor = result.GetValue(color);
                var picture = new VideoOptions
                {
                    Source = result.GetValue(video),
                    Pattern = plainColor is null ? result.GetValue(pattern)! : "color",
                    Color = plainColor ?? _video.Color,
                    Width = width,
                    Height = height,
                    FramesPerSecond = Within(result.GetValue(fps), 1, 240, "--fps"),
                    BitsPerSecond = ReadBits(result.GetValue(bitrate)!),
                    Format = result.GetValue(codec) == "h264" ? PayloadFormat.H264 : PayloadFormat.Vp8,
                };
                var sound = new AudioOptions { Source = result.GetValue(audio), Tone = Within(result.GetValue(tone), 1, 20_000, "--tone") };
                var options = new CallOptions(session.ReadAddress(result))
                {
                    SignIn = session.ReadSignIn(result),
                    Connection = session.ReadConnection(result),
                    Video = result.GetValue(noVideo) ? null : picture,
                    Audio = result.GetValue(noAudio) ? null : sound,
                    Duration = result.GetValue(seconds) is { } limit ? TimeSpan.FromSeconds(Math.Min(limit, 1e7)) : null,
                    ComeBackWithin = TimeSpan.FromSeconds(Math.Min(result.GetValue(comeBack), 1e7)),
                    RecordTo = result.GetValue(record),
                };
                return await RunAsync(options, result.GetValue(json), result.GetValue(plain), cancel);
            },
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(CallOptions options, bool json, bool plain, CancellationToken cancel)
    {
        var report = json || plain || Console.IsOutputRedirected
            ? await CallSession.RunAsync(options, new PlainView(json ? Console.Error : Console.Out), cancel)
            : await TableView.RunAsync(AnsiConsole.Console, options.Room.ToString(), view => CallSession.RunAsync(options, view, cancel));
        if (json)
            QcvcCommandLine.PrintJson(report);
        foreach (var file in json ? [] : report.Recordings)
            Console.Out.WriteLine($"recorded {file.File} ({string.Join(" and ", file.Services)})");
        foreach (var file in report.Recordings.Where(f => f.Error is not null))
            await Console.Error.WriteLineAsync($"qcvc: {file.File}: {file.Error}");
        if (report.Failed)
            await Console.Error.WriteLineAsync($"qcvc: {report.End}");
        return report.Failed || report.Recordings.Any(f => f.Error is not null) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static (int Width, int Height) ReadSize(string text) =>
        text.Split('x') is [var w, var h]
            && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            && width is >= 16 and <= 8192 && height is >= 16 and <= 8192 && width % 2 == 0 && height % 2 == 0
            ? (width, height)
            : throw new UsageException("--size must be two even numbers, like 320x240");

    private static int ReadBits(string text)
    {
        double unit = text is [.., 'k' or 'K'] ? 1e3 : text is [.., 'm' or 'M'] ? 1e6 : 1;
        return Arguments.TryNumber(unit > 1 ? text[..^1] : text, out double number) && number * unit is >= 1000 and <= 1e9
            ? (int)(number * unit)
            : throw new UsageException("--video-bitrate must be bits per second, like 500k or 2M");
    }

    private static int Within(int value, int least, int most, string option) =>
        value >= least && value <= most ? value : throw new UsageException($"{option} must be {least} to {most}");
}
