using System.Text;
using Conference.Protocol.Framing;
using FsCheck;
using FsCheck.Fluent;

namespace Conference.Protocol.Tests.Framing;

public sealed class LineFramerTests
{
    private static readonly string _longest = new('x', LineFramer.MaxBytes);

    [Fact]
    public void A_line_ends_in_crlf_or_in_a_bare_lf() =>
        Assert.Equal(["HELO joe@h", "NOOP", "QUIT"], Lines.Of("HELO joe@h\r\nNOOP\nQUIT\r\n"));

    [Fact]
    public void Only_one_carriage_return_belongs_to_the_ending() =>
        Assert.Equal(["<Malformed>", "NOOP"], Lines.Of("NOOP\r\r\nNOOP\n"));

    [Fact]
    public void An_empty_line_is_a_line() => Assert.Equal(["", "", "NOOP"], Lines.Of("\r\n\nNOOP\n"));

    [Fact]
    public void A_line_without_its_ending_is_not_there_yet()
    {
        var lines = new Lines().Feed("NOOP\r"u8.ToArray());
        Assert.Empty(lines.All);
        Assert.Equal(["NOOP"], lines.Feed("\n"u8.ToArray()).All);
    }

    [Fact]
    public void A_line_may_come_byte_by_byte() =>
        Assert.Equal(["HELO jürgen@h", "NOOP"], Lines.Of([.. "HELO jürgen@h\r\nNOOP\n"u8.ToArray().Select(b => new[] { b })]));

    [Fact]
    public void A_line_may_lie_over_many_segments_even_inside_a_character()
    {
        byte[] bytes = "HELO 山田@h\r\nSEND chat 🎈\n"u8.ToArray();
        var lines = new Lines().FeedSegments([.. bytes.Select(b => new[] { b })]);
        Assert.Equal(["HELO 山田@h", "SEND chat 🎈"], lines.All);
    }

    [Fact]
    public void Empty_segments_change_nothing() =>
        Assert.Equal(["NOOP"], new Lines().FeedSegments([], "NO"u8.ToArray(), [], "OP\r"u8.ToArray(), [], "\n"u8.ToArray(), []).All);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_line_of_1024_bytes_is_taken(string ending) => Assert.Equal([_longest], Lines.Of(_longest + ending));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_line_of_1025_bytes_is_too_long_and_the_next_one_fine(string ending) =>
        Assert.Equal(["<TooLong>", "NOOP"], Lines.Of($"{_longest}x{ending}NOOP{ending}"));

    [Fact]
    public void Length_counts_bytes_and_not_characters() =>
        Assert.Equal(["<TooLong>", "NOOP"], Lines.Of(new string('é', 513) + "\nNOOP\n"));

    [Fact]
    public void The_longest_line_may_come_byte_by_byte_with_either_ending()
    {
        var bytes = Encoding.UTF8.GetBytes($"{_longest}\r\n{_longest}\n");
        var lines = new Lines();
        foreach (byte b in bytes)
            lines.Feed([b]);
        Assert.Equal([_longest, _longest], lines.All);
        Assert.InRange(lines.MostKept, LineFramer.MaxBytes, LineFramer.MaxBytes + 2);
    }

    [Fact]
    public void Too_long_is_said_before_the_line_has_ended()
    {
        var lines = new Lines().Feed(new byte[LineFramer.MaxBytes + 2].Select(_ => (byte)'x').ToArray());
        Assert.Equal(["<TooLong>"], lines.All);
        Assert.Equal(0, lines.MostKept);
    }

    [Fact]
    public void Any_chunking_of_any_bytes_gives_the_same_lines() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            byte[] bytes = Hodgepodge(random);
            var whole = Lines.Of([bytes]);
            var chunked = new Lines();
            for (int at = 0; at < bytes.Length;)
            {
                int size = Math.Min(random.Next(6) == 0 ? random.Next(3000) : random.Next(1, 7), bytes.Length - at);
                if (random.Next(2) == 0)
                    chunked.Feed(bytes[at..(at + size)]);
                else
                    chunked.FeedSegments(bytes[at..(at + (size / 2))], bytes[(at + (size / 2))..(at + size)]);
                at += size;
            }

            Assert.Equal(whole, chunked.All);
            Assert.True(chunked.MostKept <= LineFramer.MaxBytes + 2);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    /// <summary>Lines, half lines, endings, very long lines and noise, with most lengths near the limit.</summary>
    private static byte[] Hodgepodge(Random random)
    {
        var bytes = new List<byte>();
        for (int i = random.Next(1, 20); i > 0; i--)
        {
            switch (random.Next(6))
            {
                case 0:
                    bytes.AddRange("HELO joe@127.0.0.1\r\n"u8);
                    break;
                case 1:
                    bytes.AddRange(Enumerable.Repeat((byte)'x', random.Next(LineFramer.MaxBytes - 3, LineFramer.MaxBytes + 4)));
                    break;
                case 2:
                    bytes.AddRange(Enumerable.Repeat((byte)'y', random.Next(5000)));
                    break;
                case 3:
                    byte[] noise = new byte[random.Next(40)];
                    random.NextBytes(noise);
                    bytes.AddRange(noise);
                    break;
                case 4:
                    bytes.AddRange("\r\n"u8);
                    break;
                default:
                    bytes.AddRange("é\n\r"u8);
                    break;
            }
        }

        return [.. bytes];
    }
}
