namespace Conference.Protocol.Tests.Transcripts;

public sealed class TranscriptParserTests
{
    [Fact]
    public void Fenced_blocks_become_transcripts_under_their_headings()
    {
        var transcripts = TranscriptParser.Parse(
            """
            # Page
            ## One
            ```transcript
            joe (connects)
            # a remark, and no heading

            joe> SEND chat  a > b <c>
            joe< 303 video {port}
            ```
            ```bash
            # no heading either
            ```
            ```transcript
            joe (is closed)
            ```
            """);

        Assert.Equal(["One", "One (2)"], transcripts.Select(t => t.Title));
        Assert.Equal(3, transcripts[0].Line);
        Assert.Equal(
            [
                new TranscriptStep.Connects("joe", 4),
                new TranscriptStep.Sends("joe", 7, "SEND chat  a > b <c>"),
                new TranscriptStep.Receives("joe", 8, "303 video {port}"),
            ],
            transcripts[0].Steps);
        Assert.Equal([new TranscriptStep.IsClosed("joe", 14)], transcripts[1].Steps);
    }

    [Theory]
    [InlineData("joe")]
    [InlineData("joe (leaves)")]
    [InlineData("joe>NOOP")]
    [InlineData("joe> ")]
    [InlineData("C: NOOP")]
    [InlineData("Joe> NOOP")]
    public void What_is_no_step_says_where(string line)
    {
        var error = Assert.Throws<FormatException>(() => TranscriptParser.Parse($"```transcript\n{line}\n```"));
        Assert.StartsWith("line 2: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_has_to_end() =>
        Assert.Throws<FormatException>(() => TranscriptParser.Parse("```transcript\njoe> NOOP\n"));

    [Fact]
    public void A_placeholder_is_the_same_number_everywhere()
    {
        var numbers = new TranscriptNumbers();
        Assert.False(numbers.Matches("303 video {port}", "303 video x"));
        Assert.True(numbers.Matches("303 video {port}", "303 video 11000"));
        Assert.True(numbers.Matches("303 video udp/{port}", "303 video udp/11000"));
        Assert.False(numbers.Matches("303 video {port}", "303 video 11001"));
        Assert.True(numbers.Matches("303 audio {other}", "303 audio 11001"));
        Assert.True(numbers.Matches("a {n} {n}", "a 7 7"));
        Assert.Equal("HELO guest-7@h {unknown}", numbers.Fill("HELO guest-{n}@h {unknown}"));
    }

    [Fact]
    public void Everything_else_is_taken_literally()
    {
        var numbers = new TranscriptNumbers();
        Assert.True(numbers.Matches("500 usage: STAT [a|b].*", "500 usage: STAT [a|b].*"));
        Assert.False(numbers.Matches("200 ok", "200 ok "));
        Assert.False(numbers.Matches("200 ok", "200 ok\n"));
        Assert.False(numbers.Matches("203 chat a.c", "203 chat abc"));
    }
}
