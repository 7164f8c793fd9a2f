using System.Globalization;
using System.Text.Json;

namespace Conference.Integration.Tests.Calls;

/// <summary>Three people with real encoded pictures and sound in one room.</summary>
public sealed class RealCallTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private static readonly (string Name, string Colour, Func<(double Red, double Green, double Blue), bool> IsIts, int Tone)[] _people =
    [
        ("alice", "red", p => p.Red > 180 && p.Green < 90 && p.Blue < 90, 440),
        ("bob", "lime", p => p.Green > 180 && p.Red < 90 && p.Blue < 90, 620),
        ("carol", "blue", p => p.Blue > 180 && p.Red < 90 && p.Green < 90, 880),
    ];

    [Fact]
    public async Task Three_callers_see_and_hear_each_other_for_ten_seconds()
    {
        await using var node = await NodeProcess.StartAsync();
        string folder = Directory.CreateTempSubdirectory("conference-calls-").FullName;
        try
        {
            var calls = await Task.WhenAll(_people.Select(p => CallAsync(node, folder, p.Name, p.Colour, p.Tone)));
            foreach (var (receiver, call) in _people.Zip(calls))
            {
                foreach (var (sender, sent) in _people.Zip(calls).Where(other => other.First.Name != receiver.Name))
                {
                    string file = Path.Combine(folder, receiver.Name, sender.Name + ".mkv");
                    await CheckPictureAsync(file, call, sent, sender.IsIts);
                    await CheckSoundAsync(file, sender.Tone);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CheckPictureAsync(string file, JsonElement receiver, JsonElement sender, Func<(double, double, double), bool> isIts)
    {
        var frames = await Decoder.FramesAsync(file);
        double expected = FramesSentWhileThere(receiver, sender);
        Assert.True(expected > 100, $"{expected} frames were sent");
        Assert.All(frames, frame => Assert.True(isIts(frame), $"{file}: a frame of colour {frame}"));
        Assert.True(frames.Count >= 0.9 * expected, $"{file}: {frames.Count} frames decoded of {expected:F0} sent");
    }

    private static async Task CheckSoundAsync(string file, int tone)
    {
        float[] samples = await Decoder.SamplesAsync(file);
        Assert.True(samples.Length > 7 * 8000, $"{file}: {samples.Length / 8000.0:F1} s of sound");
        double share = Decoder.ShareOf(tone, samples);
        Assert.True(share > 0.8, $"{file}: {share:P0} of the sound is at {tone} Hz");
    }

    /// <summary>The sender's frames from when both were in the room to when the first of them left.</summary>
    private static double FramesSentWhileThere(JsonElement receiver, JsonElement sender)
    {
        var video = sender.GetProperty("sent").EnumerateArray().Single(s => s.GetProperty("service").GetString() == "video");
        var (started, joined) = (video.GetProperty("started").GetDateTimeOffset(), receiver.GetProperty("joined").GetDateTimeOffset());
        var (ended, left) = (EndOf(sender), EndOf(receiver));
        var together = (ended < left ? ended : left) - (started > joined ? started : joined);
        return video.GetProperty("frames").GetInt64() * (together / (ended - started));
    }

    private static DateTimeOffset EndOf(JsonElement call) =>
        call.GetProperty("joined").GetDateTimeOffset().AddSeconds(call.GetProperty("seconds").GetDouble());

    private static async Task<JsonElement> CallAsync(NodeProcess node, string folder, string name, string colour, int tone)
    {
        string output = await QcvcProcess.RunAsync(
            _limit, "call", $"standup@127.0.0.1:{node.Port}", "--name", name, "--pattern", "color", "--color", colour,
            "--tone", tone.ToString(CultureInfo.InvariantCulture), "--seconds", "10", "--record", Path.Combine(folder, name), "--json");
        return JsonDocument.Parse(output).RootElement;
    }
}
