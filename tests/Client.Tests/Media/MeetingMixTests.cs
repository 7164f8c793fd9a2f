using Conference.Client.Media.Recording;

namespace Conference.Client.Tests.Media;

/// <summary>How ffmpeg is told to make one file of many; what it makes of that, the end-to-end test looks at.</summary>
public sealed class MeetingMixTests
{
    private static readonly DateTimeOffset _noon = new(2027, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_file_lies_where_it_began_and_the_whole_lasts_until_the_last_has_ended()
    {
        var arguments = MeetingMix.Arguments([File("joe", 0, 10), File("alice", 2.5, 30)], "/m.mkv");
        Assert.Equal(["0", "2.5"], After(arguments, "-itsoffset"));
        Assert.Equal(["file:joe.mkv", "file:alice.mkv"], After(arguments, "-i"));
        Assert.Equal(["32.5"], After(arguments, "-t"));
    }

    [Fact]
    public void Who_comes_back_has_the_same_place_and_a_screen_another()
    {
        string graph = Graph(File("joe", 0, 10), File("alice", 1, 1), File("alice", 5, 1), File("joe", 6, 2, "screen"));
        Assert.Equal(["0:0", "640:0", "640:0", "0:360"], graph.Split("overlay=").Skip(1).Select(o => o[..o.IndexOf(":eof", StringComparison.Ordinal)]));
        Assert.Contains("[3:v:0]scale=640:360", graph, StringComparison.Ordinal);
        Assert.Contains("[voice0][voice1][voice2]amix=inputs=3", graph, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1280:720")]
    [InlineData(2, "640:720")]
    [InlineData(4, "640:360")]
    [InlineData(5, "426:360")]
    [InlineData(17, "256:180")]
    public void The_grid_has_room_for_everybody(int members, string size) =>
        Assert.Contains($"scale={size}:", Graph([.. Enumerable.Range(0, members).Select(i => File($"m{i}", i, 100))]), StringComparison.Ordinal);

    [Fact]
    public void A_meeting_without_pictures_is_sound_and_one_without_sound_pictures()
    {
        var arguments = MeetingMix.Arguments([File("joe", 0, 10, "audio")], "/m.mkv");
        Assert.Equal(["[sound]"], After(arguments, "-map"));
        arguments = MeetingMix.Arguments([File("joe", 0, 10, "video")], "/m.mkv");
        Assert.Equal(["[picture]"], After(arguments, "-map"));
    }

    [Fact]
    public void Files_that_are_not_there_or_empty_are_left_out()
    {
        string empty = Path.GetTempFileName();
        try
        {
            Assert.Empty(MeetingMix.Usable([File("joe", 0, 1), File("alice", 0, 1) with { File = "" }, File("bob", 0, 1) with { File = empty }]));
        }
        finally
        {
            System.IO.File.Delete(empty);
        }
    }

    private static string Graph(params RecordingResult[] files) => After(MeetingMix.Arguments(files, "/m.mkv"), "-filter_complex").Single();

    private static IEnumerable<string> After(IReadOnlyList<string> arguments, string option) =>
        Enumerable.Range(0, arguments.Count).Where(i => arguments[i] == option).Select(i => arguments[i + 1]);

    private static RecordingResult File(string member, double at, double seconds, string? service = null) =>
        new(member, $"{member}.mkv", service is null ? ["video", "audio"] : [service], _noon.AddSeconds(at), seconds, 1, 0, null)
        {
            HasPicture = service != "audio",
            HasSound = service is null or "audio",
        };
}
