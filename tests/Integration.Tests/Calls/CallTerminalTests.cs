using System.Globalization;

namespace Conference.Integration.Tests.Calls;

/// <summary><c>qcvc call</c> as it is seen on a terminal, and used by its keys.</summary>
public sealed class CallTerminalTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private const string Quiet = "--no-video --no-audio";

    private NodeProcess Node => fixture.Node;

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public async Task Neither_chat_nor_events_nor_long_lines_tear_the_table(int width)
    {
        string room = $"tearing-{width}";
        await using var terminal = await CallAsync(width, room, "--name", $"joe-{width}", Quiet);
        await terminal.WaitAsync($"joe-{width} (you)");
        await using var alice = await JoinAsync(room, $"alice-{width}");
        await using var bob = await JoinAsync(room, $"bob-with-quite-a-long-name-{width}");
        string[] said = ["東京は今日もいい天気ですね。" + new string('あ', 120), new string('x', 900), string.Join(' ', Enumerable.Repeat("word", 150)), "e\u0301\u0302 😀 \u202Eback", "last"];
        for (int i = 0; i < 30; i++)
        {
            await alice.SendAsync($"SEND chat {i}: {said[i % said.Length]}\r\n");
            AssertWhole(await terminal.CaptureAsync(), width);
        }

        await bob.DisposeAsync();
        var lines = await terminal.WaitAsync(l => l.Any(x => x.Contains("29: last", StringComparison.Ordinal)) && l.Any(x => x.StartsWith("* bob-", StringComparison.Ordinal)));
        AssertWhole(lines, width);
        Assert.Contains(lines, l => l.StartsWith($"│ alice-{width} ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.StartsWith("│ bob", StringComparison.Ordinal));

        await terminal.ResizeAsync(140 - width, 20);
        await terminal.WaitAsync(l => IsWhole(l, 140 - width));
        AssertWhole(await terminal.CaptureAsync(), 140 - width);
        await terminal.PressAsync("C-c");
        AssertWhole(await terminal.WaitAsync("exit code 0"), 140 - width);
    }

    [Fact]
    public async Task What_is_typed_is_said_and_keys_mute_and_leave()
    {
        await using var alice = await JoinAsync("typing", "alice-typing");
        await using var terminal = await CallAsync(80, "typing", "--name", "joe-typing");
        await terminal.WaitAsync("* here: alice-typing");
        await terminal.WaitAsync(l => l.Any(x => x.Contains("joe-typing (you)", StringComparison.Ordinal) && x.Contains("audio", StringComparison.Ordinal)));

        await terminal.TypeAsync("Hellp");
        await terminal.PressAsync("BSpace");
        await terminal.TypeAsync("o from é東");
        await terminal.WaitAsync("> Hello from é東");
        await terminal.PressAsync("Enter");

        Assert.Equal("203 chat Hello from é東", await alice.ReadAsync());
        await terminal.WaitAsync("joe-typing> Hello from é東");
        await terminal.PressAsync("C-t");
        await terminal.WaitAsync(l => l.Any(x => IsRow(x, "audio", "muted", " 0 ")));
        await terminal.PressAsync("C-t");
        await terminal.WaitAsync(l => l.Any(x => IsRow(x, "audio")) && !l.Any(x => IsRow(x, "audio", " 0 ")) && !l.Any(x => IsRow(x, "muted")));
        await terminal.PressAsync("C-c");
        await terminal.WaitAsync("exit code 0");

        static bool IsRow(string line, params string[] words) =>
            line.StartsWith("│ joe-typing (you)", StringComparison.Ordinal) && Array.TrueForAll(words, w => line.Contains(w, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rooms/leaving/members/joe-leaving", "leaving", "put you out of")]
    [InlineData("rooms/closed", "closed", "was closed")]
    public async Task Who_is_put_out_or_whose_room_is_closed_reads_why(string path, string room, string why)
    {
        await using var terminal = await CallAsync(100, room, "--name", $"joe-{room}", Quiet);
        await using var alice = await JoinAsync(room, $"alice-{room}");
        await terminal.WaitAsync($"│ alice-{room}");
        using var admin = new AdminClient(Node, AdminClient.Token);

        await admin.DeleteAsync(path);

        var lines = await terminal.WaitAsync("exit code 4");
        Assert.Contains(lines, l => l.StartsWith("qcvc: ", StringComparison.Ordinal) && l.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guest_is_one_member_and_reads_that_it_is_put_out()
    {
        await using var terminal = await CallAsync(100, "guests", "--no-video");
        var lines = await terminal.WaitAsync(l => l.Any(x => x.Contains("(you)", StringComparison.Ordinal) && x.Contains("audio", StringComparison.Ordinal)));
        string guest = lines.Single(l => l.Contains("(you)", StringComparison.Ordinal)).Split(' ')[1];
        Assert.StartsWith("guest-", guest, StringComparison.Ordinal);
        Assert.DoesNotContain(lines, l => l.StartsWith($"│ {guest} -", StringComparison.Ordinal));
        using var admin = new AdminClient(Node, AdminClient.Token);

        await admin.DeleteAsync($"rooms/guests/members/{guest}");

        await terminal.WaitAsync("exit code 4");
    }

    [Fact]
    public async Task A_name_in_use_becomes_a_sentence_with_advice()
    {
        await using var joe = await JoinAsync("twice", "joe-twice");
        await using var terminal = await CallAsync(200, "twice", "--name", "joe-twice", Quiet);

        var lines = await terminal.WaitAsync("exit code 1");

        Assert.Contains("qcvc: somebody else is using this name: take another --name, or sign in as its owner with --password-file or --token-file (504 name in use)", lines);
        Assert.DoesNotContain(lines, l => l.Contains('│', StringComparison.Ordinal));
    }

    /// <summary>Without a screen: SDL draws into memory, and GStreamer into nothing. What the player found in what came, it reports by itself.</summary>
    [Theory]
    [InlineData("ffplay", "FFREPORT=file={0}/player.log:level=32", "Video: vp8", "Audio: opus")]
    [InlineData("gst-launch-1.0", "GST_DEBUG=videodecoder:6,audiodecoder:5 GST_DEBUG_NO_COLOR=1 GST_DEBUG_FILE={0}/player.log", "gst_video_decoder_finish_frame:<vp8dec0>", ":<opusdec0> base_ts now")]
    public async Task A_window_is_opened_of_what_comes(string player, string reports, params string[] found)
    {
        string folder = Directory.CreateTempSubdirectory("qcvc-play-").FullName;
        try
        {
            // The only player there is.
            foreach (string program in (string[])[player, "dotnet"])
                File.CreateSymbolicLink($"{folder}/{program}", await WhichAsync(program));
            string room = $"playing-{player[..3]}";
            await using var alice = await CallAsync(80, room, "--name", $"{room}-alice");
            await using var terminal = await Terminal.StartAsync(
                100, 30,
                $"PATH={folder} SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy {string.Format(CultureInfo.InvariantCulture, reports, folder)} dotnet {RepositoryPaths.Client} call {room}@127.0.0.1:{Node.Port} --play {Quiet}");

            await Eventually.IsTrueAsync(
                () => File.Exists($"{folder}/player.log") && Array.TrueForAll(found, words => Reads($"{folder}/player.log", words)), TimeSpan.FromSeconds(60));

            await terminal.PressAsync("C-c");
            await terminal.WaitAsync("exit code 0");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static async Task<string> WhichAsync(string program) =>
            (await QcvcProcess.RunProgramAsync(TimeSpan.FromSeconds(30), "sh", "-c", $"command -v {program}")).Output.Trim();

        static bool Reads(string file, string words)
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Contains(words, StringComparison.Ordinal);
        }
    }

    private static void AssertWhole(string[] lines, int width) => Assert.True(IsWhole(lines, width), string.Join('\n', lines));

    /// <summary>One table in one piece, its frame straight.</summary>
    private static bool IsWhole(string[] lines, int width)
    {
        int top = Array.FindIndex(lines, l => l.StartsWith('╭')), bottom = Array.FindIndex(lines, l => l.StartsWith('╰'));
        return top >= 0 && bottom > top + 2 && lines.Count(l => l.Contains('╭') || l.Contains('╮')) == 1 && lines.Count(l => l.Contains('╰') || l.Contains('╯')) == 1
            && Array.TrueForAll(lines[(top + 1)..bottom], l => l.Length > 1 && (l[0], l[^1]) is ('│', '│') or ('├', '┤'))
            && lines.Where((_, i) => i < top || i > bottom).All(l => !l.Contains('│'))
            && lines[top].Length <= width;
    }

    private Task<Terminal> CallAsync(int width, string room, params string[] options) => Terminal.StartAsync(
        width, 24, string.Create(CultureInfo.InvariantCulture, $"dotnet {RepositoryPaths.Client} call {room}@127.0.0.1:{Node.Port} {string.Join(' ', options)}"));

    private async Task<TestClient> JoinAsync(string room, string name)
    {
        var client = await TestClient.ConnectAsync(Node);
        await client.ExpectAsync($"AUTH ANONYMOUS {name}", $"204 {name}");
        await client.ConnAsync("audio", $"{room}@127.0.0.1");
        return client;
    }
}
