using System.CommandLine;
using Conference.Client.Calls;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;

namespace Conference.Client.Commands;

/// <summary><c>qcvc record standup@host --to DIR</c></summary>
internal static class RecordCommand
{
    public const string Name = "record";

    /// <summary>To mix the meeting after a signal.</summary>
    public static readonly TimeSpan TimeToMix = TimeSpan.FromHours(24);

    private const double MostSeconds = 10_000_000;

    public static Command Create()
    {
        var command = new Command(Name, "Record a room: a Matroska file per member, and if wanted one of the meeting. Everybody in the room is told. Ends with Ctrl-C or SIGTERM.");
        var session = new SessionArguments(
            command, Arguments.Address("name@host", "the user or room to record; name@host:port where the port is not 4321"));
        var to = new Option<string>("--to") { Description = "takes the files; made where it is not there", HelpName = "directory", Required = true };
        var mixed = new Option<bool>("--mixed") { Description = "at the end, mix one file of the meeting: pictures in a grid, all sound" };
        var seconds = Arguments.OptionalNumber("--seconds", "end after so long", 0.1, MostSeconds);
        var comeBack = Arguments.Number(
            "--come-back", "seconds to try to come back when the connection is lost or the server stops; 0 does not try", 30, 0, MostSeconds);
        var json = Arguments.Json("what was recorded");
        foreach (var option in (Option[])[to, mixed, seconds, comeBack, json])
            command.Add(option);
        command.SetAction((result, cancel) => QcvcCommandLine.GuardAsync(
            () =>
            {
                var options = new CallOptions(session.ReadAddress(result))
                {
                    SignIn = session.ReadSignIn(result),
                    Connection = session.ReadConnection(result),
                    Video = null,
                    Audio = null,
                    Duration = result.GetValue(seconds) is { } limit ? TimeSpan.FromSeconds(limit) : null,
                    ComeBackWithin = TimeSpan.FromSeconds(result.GetValue(comeBack)),
                    Record = new RecordOptions(result.GetValue(to)!) { IsWhole = true },
                };
                string ffmpeg = FfmpegTool.TryFind("ffmpeg", null)
                    ?? throw new FfmpegMissingException("ffmpeg is needed to record: install it (Debian: apt install ffmpeg)");
                return RunAsync(ffmpeg, options, result.GetValue(mixed), result.GetValue(json), cancel);
            },
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(string ffmpeg, CallOptions options, bool mixed, bool json, CancellationToken cancel)
    {
        var view = new LinesView(json ? Console.Error : Console.Out);
        var report = await CallSession.RunAsync(options, view, cancel);
        foreach (var file in report.Recordings.Where(r => r.Error is null))
            view.Tell($"recorded {file.File} ({string.Join(" and ", file.Services)})");
        foreach (var file in report.Recordings.Where(r => r.Error is not null))
            await Console.Error.WriteLineAsync($"qcvc: {file.Member}: {(file.File.Length > 0 ? $"{file.File}: " : "")}{file.Error}");
        var (meeting, trouble) = mixed ? await MixAsync(ffmpeg, options.Record!.Directory, report, view) : default;
        if (trouble is not null)
            await Console.Error.WriteLineAsync($"qcvc: {trouble}");
        if (report.Failed)
            await Console.Error.WriteLineAsync($"qcvc: {report.End}");
        if (json)
            QcvcCommandLine.PrintJson(new { report.Room, report.Name, report.Joined, report.Seconds, report.End, report.Moves, report.Recordings, report.NotRecorded, Meeting = meeting });
        if (report.PutOut)
            return ExitCodes.PutOut;
        return report.Failed || trouble is not null || report.Recordings.Any(r => r.Error is not null) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static async Task<(string? Meeting, string? Trouble)> MixAsync(string ffmpeg, string directory, CallReport report, LinesView view)
    {
        view.Tell("mixing the meeting; Ctrl-C does without");
        try
        {
            string? meeting = await MeetingMix.RunAsync(ffmpeg, Path.GetFullPath(directory), report.Recordings);
            view.Tell(meeting is null ? "nothing to mix" : $"recorded {meeting} (the meeting)");
            return (meeting, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }
}
