using Conference.Protocol.Framing;
using Conference.Protocol.Tests.Framing;

namespace Conference.Protocol.Tests.Hostile;

public sealed class HostileLinesTests
{
    [Theory]
    [InlineData(0x00)]
    [InlineData(0x08)]
    [InlineData(0x09)]
    [InlineData(0x0B)]
    [InlineData(0x1B)]
    [InlineData(0x1F)]
    [InlineData(0x7F)]
    public void A_control_byte_spoils_its_line_and_no_other(byte control) =>
        Assert.Equal(["NOOP", "<Malformed>", "NOOP"], Lines.Of([.. "NOOP\nNO"u8, control, .. "OP\nNOOP\n"u8]));

    [Theory]
    [InlineData(new byte[] { 0xFF }, "no UTF-8 byte")]
    [InlineData(new byte[] { 0x80 }, "a continuation on its own")]
    [InlineData(new byte[] { 0xC3 }, "a character cut off")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "NUL in two bytes")]
    [InlineData(new byte[] { 0xC0, 0x8A }, "LF in two bytes")]
    [InlineData(new byte[] { 0xE0, 0x80, 0xAF }, "a slash in three bytes")]
    [InlineData(new byte[] { 0xF0, 0x80, 0x80, 0x80 }, "NUL in four bytes")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "a high surrogate")]
    [InlineData(new byte[] { 0xED, 0xBF, 0xBF }, "a low surrogate")]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80 }, "a surrogate pair, each half encoded")]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, "beyond the last character")]
    [InlineData(new byte[] { 0xF8, 0x88, 0x80, 0x80, 0x80 }, "five bytes")]
    public void What_is_not_utf8_spoils_its_line_and_no_other(byte[] bad, string what)
    {
        Assert.NotEmpty(what);
        byte[] stream = [.. "SEND chat "u8, .. bad, .. "!\r\nNOOP\r\n"u8];
        Assert.Equal(["<Malformed>", "NOOP"], Lines.Of([stream]));
        Assert.Equal(["<Malformed>", "NOOP"], Lines.Of([.. stream.Select(b => new[] { b })]));
        Assert.Equal(["<Malformed>", "NOOP"], new Lines().FeedSegments([.. stream.Select(b => new[] { b })]).All);
    }

    [Fact]
    public void A_character_may_not_lie_over_two_lines() =>
        Assert.Equal(["<Malformed>", "<Malformed>"], Lines.Of([0xC3, 0x0A, 0xA9, 0x0A]));

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public void A_line_of_a_megabyte_is_told_once_and_never_kept(int chunk)
    {
        var lines = new Lines();
        byte[] part = Enumerable.Repeat((byte)'A', chunk).ToArray();
        for (int sent = 0; sent < 1 << 20; sent += chunk)
            lines.Feed(part);
        Assert.Equal(["<TooLong>"], lines.All);
        Assert.InRange(lines.MostKept, 0, LineFramer.MaxBytes + 2);

        lines.Feed("the end of it\r\nNOOP\r\n"u8.ToArray());
        Assert.Equal(["<TooLong>", "NOOP"], lines.All);
    }

    [Fact]
    public void Long_and_malformed_is_only_long() =>
        Assert.Equal(["<TooLong>", "NOOP"], Lines.Of([.. Enumerable.Repeat((byte)0, 5000), .. "\nNOOP\n"u8]));

    [Fact]
    public void Two_long_lines_are_told_twice()
    {
        byte[] line = [.. Enumerable.Repeat((byte)'z', 3000), (byte)'\n'];
        Assert.Equal(["<TooLong>", "<TooLong>", "NOOP"], Lines.Of(line, line, "NOOP\n"u8.ToArray()));
    }

    [Fact]
    public void Ten_thousand_lines_in_one_buffer_are_ten_thousand_lines() =>
        Assert.Equal(10_000, Lines.Of(string.Concat(Enumerable.Repeat("NOOP\r\n", 10_000))).Count);
}
