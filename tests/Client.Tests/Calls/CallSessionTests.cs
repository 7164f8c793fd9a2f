using System.Diagnostics;
using System.Threading.Channels;
using Conference.Client.Calls;
using Conference.Client.Connections;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Tests.Relay;
using Conference.Protocol.Replies;

namespace Conference.Client.Tests.Calls;

public sealed class CallSessionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("qcvc-test").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Two_calls_see_and_record_each_other()
    {
        Assert.SkipUnless(HasFfmpeg(), "ffmpeg is not installed");
        using var relay = new FakeRelay();
        var (alice, bob) = (Options(relay, "alice", "red", 440), Options(relay, "bob", "blue", 880));
        var first = CallSession.RunAsync(alice, new QuietView(), Cancel);
        var second = CallSession.RunAsync(bob, new QuietView(), Cancel);
        var reports = await Task.WhenAll(first, second);

        foreach (var (self, other, color) in (ReadOnlySpan<(CallReport, CallReport, string)>)[(reports[0], reports[1], "blue"), (reports[1], reports[0], "red")])
        {
            Assert.Equal(("done", false), (self.End, self.Failed));
            Assert.Equal([("audio", other.Name), ("video", other.Name)], self.Received.Select(r => (r.Service, r.Member)).Order());
            Assert.All(self.Received, r => Assert.Equal((0, 0, 0), (r.Lost, r.Duplicates, r.Reordered)));
            var file = Assert.Single(self.Recordings);
            Assert.Null(file.Error);
            Assert.Equal((other.Name, $"{other.Name}.mkv"), (file.Member, Path.GetFileName(file.File)));
            AssertPlayable(file.File, other.Sent.Single(s => s.Service == "video").Frames, other.Sent.Single(s => s.Service == "audio").Packets, color);
        }
    }

    [Fact]
    public async Task H264_is_recorded_too()
    {
        Assert.SkipUnless(HasFfmpeg(), "ffmpeg is not installed");
        using var relay = new FakeRelay();
        var alice = Options(relay, "alice", "red", 440) with { Audio = null, Record = null };
        alice = alice with { Video = alice.Video! with { Format = Conference.Client.Media.Rtp.PayloadFormat.H264 } };
        var bob = Options(relay, "bob", "blue", 880) with { Video = null, Audio = null };
        var reports = await Task.WhenAll(CallSession.RunAsync(alice, new QuietView(), Cancel), CallSession.RunAsync(bob, new QuietView(), Cancel));
        AssertPlayable(Assert.Single(reports[1].Recordings).File, reports[0].Sent[0].Frames, 0, "red");
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_cleanly()
    {
        using var relay = new FakeRelay();
        using var stop = new CancellationTokenSource();
        var options = new CallOptions(relay.Address()) { Video = null, Audio = null };
        var view = new QuietView();
        var call = CallSession.RunAsync(options, view, stop.Token);
        await view.Told.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(2, relay.OpenPorts);
        await stop.CancelAsync();
        var report = await call;
        Assert.Equal(("interrupted", false), (report.End, report.Failed));
    }

    [Fact]
    public async Task A_server_that_closes_ends_the_call_with_its_reason()
    {
        using var relay = new FakeRelay();
        var view = new QuietView();
        var call = CallSession.RunAsync(new CallOptions(relay.Address()) { Video = null, Audio = null }, view, Cancel);
        await view.Told.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        relay.EndAll("draining");
        var report = await call;
        Assert.Equal(("421 draining", true), (report.End, report.Failed));
    }

    [Fact]
    public async Task What_the_user_wants_is_done_while_the_call_goes_on()
    {
        using var relay = new FakeRelay();
        var wishes = Channel.CreateUnbounded<CallWish>();
        var view = new QuietView();
        var call = CallSession.RunAsync(Listening(relay) with { SignIn = SignIn.Anonymous("joe") }, view, wishes, Cancel);
        await view.Told.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await using var alice = await QcvcClient.ConnectAsync(relay.Address(), cancel: Cancel);
        await alice.ConnAsync(Conference.Protocol.Service.Audio, relay.Address().Target, Cancel);

        wishes.Writer.TryWrite(new CallWish.Say("Good morning"));
        Assert.Equal(new ServerEvent.Said("chat", null, "Good morning"), await alice.Events.ReadAsync(Cancel));
        await view.Saw("joe> Good morning").WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        wishes.Writer.TryWrite(new CallWish.Say(new string('x', 2000)));
        await view.Saw("* not done: a line holds at most 1024 bytes").WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        wishes.Writer.TryWrite(new CallWish.ToggleMute(Conference.Protocol.Service.Audio));
        await view.Saw("* you send no audio").WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        wishes.Writer.TryWrite(new CallWish.Leave());

        var report = await call.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(("done", false, "joe"), (report.End, report.Failed, report.Name));
    }

    [Fact]
    public async Task Who_is_put_out_is_told_so_and_the_call_ends()
    {
        using var relay = new FakeRelay();
        var view = new QuietView();
        var call = CallSession.RunAsync(Listening(relay), view, Cancel);
        await view.Saw("nobody else is here yet").WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        relay.TellAll(new Reply(117, "put-out guest-1@127.0.0.1"));
        relay.TellAll(new Reply(111, "left guest-1@127.0.0.1"));

        var report = await call.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(($"an operator has put you out of {relay.Address()}", true, true), (report.End, report.Failed, report.PutOut));
    }

    [Fact]
    public async Task Another_session_of_the_same_user_may_leave()
    {
        using var relay = new FakeRelay();
        using var stop = new CancellationTokenSource();
        var view = new QuietView();
        var call = CallSession.RunAsync(Listening(relay), view, stop.Token);
        await view.Saw("nobody else is here yet").WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        relay.TellAll(new Reply(111, "left guest-1@127.0.0.1"));
        relay.TellAll(new Reply(110, "joined alice@127.0.0.1"));
        await view.Saw("alice joined").WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        await stop.CancelAsync();
        Assert.Equal("interrupted", (await call).End);
    }

    [Fact]
    public async Task A_call_goes_on_where_its_server_sends_it()
    {
        using var relay = new FakeRelay();
        using var other = new FakeRelay();
        using var stop = new CancellationTokenSource();
        var view = new QuietView();
        var call = CallSession.RunAsync(new CallOptions(relay.Address()) { Video = null, Audio = null }, view, stop.Token);
        await view.Told.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        relay.SendAllTo(other);

        await WaitAsync(() => other.OpenPorts == 2 && relay is { OpenPorts: 0, Sessions: 0 });
        await stop.CancelAsync();
        var report = await call;
        Assert.Equal(("interrupted", false, 1), (report.End, report.Failed, report.Moves));
    }

    [Fact]
    public async Task A_call_that_is_sent_nowhere_stays_until_it_is_cut_off_and_then_tries_everything()
    {
        using var relay = new FakeRelay();
        var gone = new FakeRelay();
        gone.Dispose();
        using var stop = new CancellationTokenSource();
        var view = new QuietView();
        var call = CallSession.RunAsync(new CallOptions(relay.Address()) { Video = null, Audio = null }, view, stop.Token);
        await view.Told.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        relay.SendAllTo(gone);
        await view.Saw("go on at").WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(2, relay.OpenPorts);
        relay.EndAll("server is moving");

        await view.Saw("goes on at").WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(2, relay.OpenPorts);
        await stop.CancelAsync();
        Assert.Equal(1, (await call).Moves);
    }

    [Fact]
    public async Task A_server_that_stops_and_does_not_come_back_ends_the_call_in_the_end()
    {
        using var relay = new FakeRelay();
        var view = new QuietView();
        var options = new CallOptions(relay.Address()) { Video = null, Audio = null, ComeBackWithin = TimeSpan.FromSeconds(1) };
        var call = CallSession.RunAsync(options, view, Cancel);
        await view.Told.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        relay.Dispose();
        relay.EndAll("shutting down");
        var report = await call;
        Assert.Equal(("421 shutting down", true, 0), (report.End, report.Failed, report.Moves));
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }

    private static CallOptions Options(FakeRelay relay, string name, string color, int tone, string? directory) => new(relay.Address())
    {
        SignIn = SignIn.Anonymous(name),
        Video = new VideoOptions { Pattern = "color", Color = color },
        Audio = new AudioOptions { Tone = tone },
        Duration = TimeSpan.FromSeconds(6),
        Record = directory is null ? null : new RecordOptions(directory),
    };

    private CallOptions Options(FakeRelay relay, string name, string color, int tone) => Options(relay, name, color, tone, Path.Combine(_directory, name));

    private static bool HasFfmpeg()
    {
        try
        {
            return FfmpegTool.Find().Length > 0;
        }
        catch (FfmpegMissingException)
        {
            return false;
        }
    }

    private static void AssertPlayable(string file, long framesSent, long packetsSent, string color)
    {
        // One picture as raw RGB for each frame decoded; any decoding error is printed and fails the test.
        var (picture, errors) = Run("ffmpeg", $"-v error -i {file} -map 0:v -vf scale=1:1 -pix_fmt rgb24 -f rawvideo -");
        Assert.Equal("", errors);
        Assert.InRange(picture.Length / 3, framesSent * 0.9, framesSent);
        bool red = picture[^3] > 200 && picture[^1] < 60, blue = picture[^1] > 200 && picture[^3] < 60;
        Assert.Equal(color, red ? "red" : blue ? "blue" : "neither");
        if (packetsSent == 0)
            return;
        var (sound, soundErrors) = Run("ffmpeg", $"-v error -i {file} -map 0:a -ac 1 -ar 8000 -f s16le -");
        Assert.Equal("", soundErrors);
        Assert.InRange(sound.Length / 2 / 160, packetsSent * 0.9, packetsSent + 5);
    }

    private static (byte[] Output, string Errors) Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return (output.ToArray(), errors.GetAwaiter().GetResult());
    }

    private static CallOptions Listening(FakeRelay relay) => new(relay.Address()) { Video = null, Audio = null };

    private sealed class QuietView : ICallView
    {
        private readonly List<string> _lines = [];
        private readonly List<(string Words, TaskCompletionSource Saw)> _awaited = [];

        public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Tell(string line)
        {
            Told.TrySetResult();
            lock (_lines)
            {
                _lines.Add(line);
                foreach (var (words, saw) in _awaited)
                {
                    if (line.Contains(words, StringComparison.Ordinal))
                        saw.TrySetResult();
                }
            }
        }

        /// <summary>A line with these words was told, or will be.</summary>
        public Task Saw(string words)
        {
            var saw = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lines)
            {
                _awaited.Add((words, saw));
                if (_lines.Any(l => l.Contains(words, StringComparison.Ordinal)))
                    saw.TrySetResult();
            }

            return saw.Task;
        }

        public void Show(IReadOnlyList<CallRow> rows)
        {
        }
    }
}
