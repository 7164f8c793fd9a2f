using System.Globalization;
using System.Text.Json;
using Conference.EndToEnd.Tests.Join;
using Conference.EndToEnd.Tests.Support;
using Conference.Integration.Tests.Calls;

namespace Conference.EndToEnd.Tests.Recording;

/// <summary><c>qcvc record</c> as a user runs it, with real pictures and sound from ffmpeg, over a real node.</summary>
[Collection(nameof(Browser))]
public sealed class RecordTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>, IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("conference-record-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Two_members_become_a_file_each_and_one_of_the_meeting_and_know_of_it()
    {
        await using var recorder = RunningRecorder.Start(live.Node, "meeting-room", Path.Combine(_folder, "to"), "--name", "clerk", "--mixed", "--json");
        await recorder.HeardAsync("everybody is told that you record", _limit);
        var alice = CallAsync("alice", "red", 440, 14);
        await recorder.HeardAsync("recording alice into", _limit);
        var bob = CallAsync("bob", "blue", 880, 6);
        await recorder.HeardAsync("recording bob into", _limit);
        await recorder.HeardAsync("alice left", _limit);
        Assert.Contains("* clerk is recording", await alice, StringComparison.Ordinal);
        Assert.Contains("* clerk is recording", await bob, StringComparison.Ordinal);
        recorder.Terminate();
        var (exitCode, output) = await recorder.EndedAsync(_limit);
        Assert.True(exitCode == 0, recorder.Heard);

        var report = JsonDocument.Parse(output).RootElement;
        var files = report.GetProperty("recordings").EnumerateArray().ToDictionary(r => r.GetProperty("member").GetString()!);
        Assert.Equal(["alice", "bob"], files.Keys.Order());
        double longest = await CheckMemberAsync(files["alice"], p => p.Red > 180 && p.Blue < 90, 440, least: 8);
        await CheckMemberAsync(files["bob"], p => p.Blue > 180 && p.Red < 90, 880, least: 3);
        var meeting = report.GetProperty("meeting").GetString()!;
        double bobAt = (Started(files["bob"]) - Started(files["alice"])).TotalSeconds;
        await CheckMeetingAsync(meeting, longest, bobAt);
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "to")).Length);
    }

    [Fact]
    public async Task A_room_that_is_closed_ends_the_recording_and_the_file_is_whole()
    {
        await using var recorder = RunningRecorder.Start(live.Node, "closing-room", _folder, "--json");
        await recorder.HeardAsync("everybody is told that you record", _limit);
        var alice = QcvcProcess.TryRunAsync(_limit, Call("closing-room", "alice", "red", 440, 60));
        await recorder.HeardAsync("recording alice into", _limit);
        using var admin = new AdminClient(live.Node);
        Assert.Equal(204, (await admin.DeleteAsync("rooms/closing-room")).Status);
        var (exitCode, output) = await recorder.EndedAsync(_limit);
        Assert.Equal(4, exitCode);
        await alice;
        var file = Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("recordings").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, file.GetProperty("error").ValueKind);
        Assert.True((await Decoder.FramesAsync(file.GetProperty("file").GetString()!)).Count > 0);
    }

    [Fact]
    public async Task Somebody_who_came_by_a_browser_is_recorded_like_anybody()
    {
        await using var recorder = RunningRecorder.Start(live.Node, "browser-room", _folder, "--json");
        await recorder.HeardAsync("everybody is told that you record", _limit);
        await using (var red = await ColourTab.JoinAsync(browser, live.Node, "red", "browser-room?name=red"))
        {
            await recorder.HeardAsync("recording red into", _limit);
            string written = Assert.Single(Directory.GetFiles(_folder));
            await Eventually.IsTrueAsync(() => new FileInfo(written).Length > 30_000, _limit);
            await red.Button("Leave").ClickAsync();
            await recorder.HeardAsync("red left", _limit);
        }

        recorder.Terminate();
        var (exitCode, output) = await recorder.EndedAsync(_limit);
        Assert.True(exitCode == 0, recorder.Heard);
        var recording = Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("recordings").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, recording.GetProperty("error").ValueKind);
        string file = recording.GetProperty("file").GetString()!;
        var probed = await ProbeAsync(file);
        Assert.Equal(["opus", "vp8"], probed.Codecs.Order());
        Assert.True(probed.Seconds > 1, $"{probed.Seconds} s");
        var frames = await Decoder.FramesAsync(file);
        Assert.True(frames.Count > 10);
        Assert.All(frames, frame => Assert.True(frame.Red > 180 && frame.Green < 90 && frame.Blue < 90, $"a frame of colour {frame}"));
    }

    private static DateTimeOffset Started(JsonElement recording) => recording.GetProperty("started").GetDateTimeOffset();

    /// <returns>Seconds.</returns>
    private static async Task<double> CheckMemberAsync(JsonElement recording, Func<(double Red, double Green, double Blue), bool> isIts, int tone, double least)
    {
        Assert.Equal(JsonValueKind.Null, recording.GetProperty("error").ValueKind);
        string file = recording.GetProperty("file").GetString()!;
        string dated = Started(recording).UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Assert.Equal($"{recording.GetProperty("member").GetString()}-{dated}.mkv", Path.GetFileName(file));
        var probed = await ProbeAsync(file);
        Assert.Equal(["opus", "vp8"], probed.Codecs.Order());
        Assert.InRange(probed.Seconds, least, 20);
        Assert.InRange(probed.Seconds, recording.GetProperty("seconds").GetDouble() - 1, recording.GetProperty("seconds").GetDouble() + 1);
        var frames = await Decoder.FramesAsync(file);
        Assert.True(frames.Count > 10 * probed.Seconds, $"{file}: {frames.Count} frames in {probed.Seconds} s");
        Assert.All(frames, frame => Assert.True(isIts(frame), $"{file}: a frame of colour {frame}"));
        float[] sound = await Decoder.SamplesAsync(file);
        Assert.True(Decoder.ShareOf(tone, sound) > 0.8, $"{file}: {Decoder.ShareOf(tone, sound):P0} of the sound is at {tone} Hz");
        return probed.Seconds;
    }

    private static async Task CheckMeetingAsync(string file, double length, double bobAt)
    {
        var probed = await ProbeAsync(file);
        Assert.Equal(["opus", "vp8"], probed.Codecs.Order());
        Assert.InRange(probed.Seconds, length - 1, length + 1);
        // Half of the picture is one member's each: red at the left, and at the right black until the other came.
        var left = await Decoder.FramesAsync(file, "crop=iw/4:ih/4:iw/8:ih*3/8");
        var right = await Decoder.FramesAsync(file, "crop=iw/4:ih/4:iw*5/8:ih*3/8");
        Assert.InRange(left.Count(p => p.Red > 180 && p.Blue < 90), left.Count * 0.9, left.Count);
        int black = right.TakeWhile(p => p.Blue < 90).Count();
        Assert.InRange(black / 25.0, bobAt - 0.5, bobAt + 1.5);
        Assert.InRange(right.Count(p => p.Blue > 180 && p.Red < 90), 2 * 25, right.Count);
        float[] sound = await Decoder.SamplesAsync(file);
        Assert.True(Decoder.ShareOf(440, sound) + Decoder.ShareOf(880, sound) > 0.8, "the sound is of both");
        Assert.True(Decoder.ShareOf(880, sound) > 0.05, "bob is heard");
        Assert.True(Decoder.ShareOf(880, sound[..(int)(8000 * (bobAt - 0.5))]) < 0.05, "and not before he came");
    }

    private static async Task<(double Seconds, IReadOnlyList<string> Codecs)> ProbeAsync(string file)
    {
        var (exitCode, output, error) = await QcvcProcess.RunProgramAsync(
            _limit, "ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of", "json", file);
        Assert.True(exitCode == 0, error);
        var probed = JsonDocument.Parse(output).RootElement;
        return (double.Parse(probed.GetProperty("format").GetProperty("duration").GetString()!, CultureInfo.InvariantCulture),
            [.. probed.GetProperty("streams").EnumerateArray().Select(s => s.GetProperty("codec_name").GetString()!)]);
    }

    private Task<string> CallAsync(string name, string colour, int tone, int seconds) =>
        QcvcProcess.RunAsync(_limit, Call("meeting-room", name, colour, tone, seconds));

    private string[] Call(string room, string name, string colour, int tone, int seconds) =>
    [
        "call", $"{room}@127.0.0.1:{live.Node.Port}", "--name", name, "--pattern", "color", "--color", colour,
        "--tone", tone.ToString(CultureInfo.InvariantCulture), "--seconds", seconds.ToString(CultureInfo.InvariantCulture), "--plain",
    ];
}
