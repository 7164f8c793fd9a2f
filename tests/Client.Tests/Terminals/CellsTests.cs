using Conference.Client.Terminals;

namespace Conference.Client.Tests.Terminals;

public class CellsTests
{
    [Theory]
    [InlineData("joe", 5, "joe  ")]
    [InlineData("joe", 3, "joe")]
    [InlineData("alice", 3, "al…")]
    [InlineData("東京", 3, "東…")]
    [InlineData("東京", 2, "… ")]
    [InlineData("東京", 1, "…")]
    [InlineData("joe", 0, "")]
    [InlineData("e\u0301e\u0301e\u0301", 2, "e\u0301…")]
    public void What_does_not_fit_ends_in_an_ellipsis(string text, int width, string shown) => Assert.Equal(shown, Cells.Fit(text, width));

    [Theory]
    [InlineData("one two three", 20, "one two three")]
    [InlineData("one two three", 8, "one two|three")]
    [InlineData("onetwothree", 4, "onet|woth|ree")]
    [InlineData("東京東京", 5, "東京|東京")]
    [InlineData("", 5, "")]
    public void Long_lines_are_broken_at_spaces(string text, int width, string lines) => Assert.Equal(lines, string.Join('|', Cells.Wrap(text, width)));

    [Theory]
    [InlineData("hello", 3, "llo")]
    [InlineData("a東京", 3, "京")]
    [InlineData("hello", 9, "hello")]
    public void The_end_of_what_is_typed_is_seen(string text, int width, string shown) => Assert.Equal(shown, Cells.End(text, width));
}
