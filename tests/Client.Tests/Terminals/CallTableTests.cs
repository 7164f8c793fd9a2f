using Conference.Client.Calls;
using Conference.Client.Terminals;

namespace Conference.Client.Tests.Terminals;

public class CallTableTests
{
    private static readonly CallRow[] _rows =
    [
        new("joe", true, "audio", "opus", 32, 1000, null, null, MemberState.Muted),
        new("alice", false, "video", "VP8", 501.4, 12345, 1.25, 3.21, MemberState.Speaks),
        new("a-name-that-is-far-too-long-for-any-table", false, "screen-2", "type 127", 12345.6, 123456789, 100, 1234.5, MemberState.None),
        new("東京東京東京東京東京東京", false, CallRow.NoService, "", 0, 0, null, null, MemberState.None),
    ];

    [Fact]
    public void It_says_who_sends_what_who_speaks_and_who_is_muted() => Assert.Equal(
        """
        standup@127.0.0.1
        ╭────────────────────┬─────────┬───────┬────────┬────────┬───────────┬────────╮
        │ member             │ service │ codec │ kbit/s │ loss % │ jitter ms │        │
        ├────────────────────┼─────────┼───────┼────────┼────────┼───────────┼────────┤
        │ joe (you)          │ audio   │ opus  │     32 │        │           │ muted  │
        │ alice              │ video   │ VP8   │    501 │    1.3 │       3.2 │ speaks │
        │ a-name-that-is-fa… │ screen… │ type… │  12346 │  100.0 │    1234.5 │        │
        │ 東京東京東京東京…  │ -       │       │        │        │           │        │
        ╰────────────────────┴─────────┴───────┴────────┴────────┴───────────┴────────╯
        """.ReplaceLineEndings("\n"),
        string.Join('\n', CallTable.Build("standup@127.0.0.1", _rows, 79, 20)));

    [Theory]
    [InlineData(20)]
    [InlineData(39)]
    [InlineData(59)]
    [InlineData(79)]
    [InlineData(119)]
    [InlineData(300)]
    public void No_line_is_wider_than_there_is_place_and_all_of_the_frame_are_of_one_width(int width)
    {
        var lines = CallTable.Build(new string('x', 500), _rows, width, 20);

        Assert.All(lines, l => Assert.InRange(Cells.Width(l), 1, width));
        Assert.Single(lines.Skip(1).Select(Cells.Width).Distinct());
    }

    [Theory]
    [InlineData(59, "kbit/s", true)]
    [InlineData(59, "packets", false)]
    [InlineData(59, "jitter ms", false)]
    [InlineData(119, "packets", true)]
    public void What_matters_least_is_left_out_first(int width, string column, bool isThere) =>
        Assert.Equal(isThere, CallTable.Build("", _rows, width, 20)[2].Contains(column, StringComparison.Ordinal));

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(20)]
    public void It_is_no_higher_than_there_is_place_and_says_how_many_are_missing(int height)
    {
        var rows = Enumerable.Range(0, 100).Select(i => _rows[1] with { Member = $"member-{i}" }).ToArray();

        var lines = CallTable.Build("standup", rows, 79, height);

        int shown = lines.Count(l => l.Contains("member-", StringComparison.Ordinal));
        Assert.True(lines.Count <= Math.Max(height, 6), string.Join('\n', lines));
        Assert.Contains(lines, l => l.Contains($"and {100 - shown} more", StringComparison.Ordinal));
    }
}
