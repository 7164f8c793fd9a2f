using System.Buffers;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using FsCheck;
using FsCheck.Fluent;

namespace Conference.Protocol.Tests.Hostile;

public sealed class HostileCommandsTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("    ")]
    [InlineData("H")]
    [InlineData("HEL")]
    [InlineData("HELOO joe@h")]
    [InlineData("HELOjoe@h")]
    [InlineData(" HELO joe@h")]
    [InlineData("HELO\u00A0joe@h")]
    [InlineData("GET")]
    [InlineData("HTTP")]
    [InlineData("EHLO mail.example.org")]
    [InlineData("QUI")]
    [InlineData("QUITE")]
    [InlineData("ｑｕｉｔ")]
    [InlineData("quıt")]
    [InlineData("ſtls")]
    [InlineData("ſTAT joe@h")]
    public void Unknown_and_half_verbs_are_told_so(string line)
    {
        var bad = Assert.IsType<Command.Bad>(CommandParser.Parse(line));
        Assert.Equal("500 unknown command", bad.Answer.ToString());
        Assert.Equal(Verb.Unknown, bad.Verb);
    }

    [Theory]
    [InlineData("QUIT \u00A0")]
    [InlineData("NOOP \u2003")]
    [InlineData("AUTH ANONYMOUſ joe")]
    public void Only_a_space_is_space_and_only_ascii_spells_a_word(string line) =>
        Assert.StartsWith("usage: ", Assert.IsType<Command.Bad>(CommandParser.Parse(line)).Answer.Text, StringComparison.Ordinal);

    [Theory]
    [InlineData(LineKind.TooLong, "500 line too long")]
    [InlineData(LineKind.Malformed, "500 malformed line")]
    public void What_the_framer_cut_off_has_its_own_answer(LineKind kind, string answer) =>
        Assert.Equal(answer, Assert.IsType<Command.Bad>(CommandParser.Parse(ReadOnlySequence<byte>.Empty, kind)).Answer.ToString());

    [Fact]
    public void Neither_credentials_nor_chat_show_in_a_command_as_text()
    {
        Assert.DoesNotContain("s3cret", CommandParser.Parse("AUTH PLAIN s3cret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", CommandParser.Parse("SEND chat s3cret").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_at_all_makes_the_parser_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
        {
            string[] verbs = ["", "HELO ", "STAT ", "CONN ", "DCON ", "GETP ", "SETP ", "SEND ", "LIST ", "AUTH ", "QUIT", "STLS ", "conn video "];
            foreach (string verb in verbs)
                Assert.NotNull(CommandParser.Parse(verb + text));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
}
