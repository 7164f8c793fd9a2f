using System.CommandLine;
using System.Globalization;
using Conference.Client.Calls;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;
using Conference.Client.Terminals;

namespace Conference.Client.Commands;

/// <summary><c>qcvc call standup@host</c></summary>
internal static class CallCommand
{
    private const double MostSeconds = 10_000_000;

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
        var tone = Arguments.Whole("--tone", "Hz of the test tone", _audio.Tone, 1, 20_000);
        var size = new Option<string>("--size") { Description = "of the picture", DefaultValueFactory = _ => "320x240" };
        var fps = Arguments.Whole("--fps", "frames per second", _video.FramesPerSecond, 1, 240);
        var bitrate = new Option<string>("--video-bitrate") { Description = "bits per second, like 500k or 2M", DefaultValueFactory = _ => "500k" };
        var codec = Arguments.Choice("--codec", "of the picture", "vp8", "h264");
        var seconds = Arguments.OptionalNumber("--seconds", "leave after so long", 0.1, MostSeconds);
        var comeBack = Arguments.Number(
            "--come-back", "seconds to try to come back when the connection is lost or the server stops; 0 does not try", 30, 0, MostSeconds);
        var record = new Option<string?>("--record") { Description = "write each member's picture and sound to a file here", HelpName = "directory" };
        var play = new Option<bool>("--play") { Description = "open a window for each member's picture, with ffplay or gst-launch-1.0" };
        var roomPassword = new Option<string?>("--room-password-file")
        {
            Description = $"the room's password is in this file (or in {SecretSource.RoomPasswordVariable})",
            HelpName = "file",
        };
        var invite = new Option<string?>("--invite") { Description = "an invitation, or the link that holds it", HelpName = "token|link" };
        var json = Arguments.Json("the final figures");
        var plain = new Option<bool>("--plain") { Description = "lines instead of a live table" };
        foreach (var option in (Option[])[video, audio, noVideo, noAudio, pattern, color, tone, size, fps, bitrate, codec, seconds, comeBack, record, play, roomPassword, invite, json, plain])
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
                    FramesPerSecond = result.GetValue(fps),
                    BitsPerSecond = ReadBits(result.GetValue(bitrate)!),
                    Format = result.GetValue(codec) == "h264" ? PayloadFormat.H264 : PayloadFormat.Vp8,
                };
                var sound = new AudioOptions { Source = result.GetValue(audio), Tone = result.GetValue(tone) };
                var options = new CallOptions(session.ReadAddress(result))
                {
                    SignIn = session.ReadSignIn(result),
                    RoomPassword = ReadRoomPassword(result.GetValue(roomPassword)),
                    Invitation = result.GetValue(invite) is { } invitation ? ReadInvitation(invitation) : null,
                    Connection = session.ReadConnection(result),
                    Video = result.GetValue(noVideo) ? null : picture,
                    Audio = result.GetValue(noAudio) ? null : sound,
                    Duration = result.GetValue(seconds) is { } limit ? TimeSpan.FromSeconds(limit) : null,
                    ComeBackWithin = TimeSpan.FromSeconds(result.GetValue(comeBack)),
                    Record = result.GetValue(record) is { } directory ? new RecordOptions(directory) : null,
                    Play = result.GetValue(play),
                };
                return await RunAsync(options, result.GetValue(json), result.GetValue(plain), cancel);
            },
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(CallOptions options, bool json, bool plain, CancellationToken cancel)
    {
        var report = json || plain || Console.IsOutputRedirected
            ? await CallSession.RunAsync(options, new PlainView(json ? Console.Error : Console.Out, options.Clock), cancel)
            : await CallTerminal.RunAsync(
                options.Room.ToString(), (view, hasKeys) => CallSession.RunAsync(options, view, hasKeys ? view.Wishes : null, cancel));
        if (json)
            QcvcCommandLine.PrintJson(report);
        foreach (var file in json ? [] : report.Recordings)
            Console.Out.WriteLine($"recorded {file.File} ({string.Join(" and ", file.Services)})");
        foreach (var file in report.Recordings.Where(f => f.Error is not null))
            await Console.Error.WriteLineAsync($"qcvc: {file.File}: {file.Error}");
        if (report.Failed)
            await Console.Error.WriteLineAsync($"qcvc: {report.End}");
        if (report.PutOut)
            return ExitCodes.PutOut;
        return report.Failed || report.Recordings.Any(f => f.Error is not null) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static string? ReadRoomPassword(string? file)
    {
        string? password = SecretSource.ReadRoomPassword(file, Environment.GetEnvironmentVariable);
        // It is not for ffmpeg, which would inherit it.
        Environment.SetEnvironmentVariable(SecretSource.RoomPasswordVariable, null);
        return password;
    }

    /// <summary><c>abc</c>, or <c>https://example.org/join/standup?invite=abc</c>.</summary>
    private static string ReadInvitation(string text)
    {
        int at = text.IndexOf("invite=", StringComparison.Ordinal);
        string token = at < 0 ? text : text[(at + 7)..].Split('&', '#')[0];
        return token.Length > 0 && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? token
            : throw new UsageException("--invite must be an invitation, or a link with invite= in it");
    }

    private static (int Width, int Height) ReadSize(string text) =>
        text.Split('x') is [var w, var h]
            && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            && width is >= 16 and <= 8192 && height is >= 16 and <= 8192 && width % 2 == 0 && height % 2 == 0
            ? (width, height)
            : throw new UsageException("--size must be two even numbers from 16 to 8192, like 320x240");

    private static int ReadBits(string text)
    {
        double unit = text is [.., 'k' or 'K'] ? 1e3 : text is [.., 'm' or 'M'] ? 1e6 : 1;
        return Arguments.TryNumber(unit > 1 ? text[..^1] : text, out double number) && number * unit is >= 1000 and <= 1e9
            ? (int)(number * unit)
            : throw new UsageException("--video-bitrate must be 1k to 1000M bits per second, like 500k or 2M");
    }
}
