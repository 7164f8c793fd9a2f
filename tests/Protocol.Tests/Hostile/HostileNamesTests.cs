using Conference.Protocol.Addresses;

namespace Conference.Protocol.Tests.Hostile;

public sealed class HostileNamesTests
{
    [Theory]
    [InlineData("jоe", "Cyrillic o among Latin letters")]
    [InlineData("αdmin", "Greek alpha among Latin letters")]
    [InlineData("αдмин", "Greek alpha among Cyrillic letters")]
    [InlineData("АDMIN", "a Cyrillic capital")]
    [InlineData("ｊоe", "full-width and Cyrillic")]
    [InlineData("\u0251дмин", "a phonetic Latin alpha among Cyrillic letters")]
    public void Scripts_that_look_alike_are_not_mixed(string text, string what)
    {
        Assert.NotEmpty(what);
        Assert.False(Name.TryParse(text, out _));
    }

    [Theory]
    [InlineData("joe\u200B", "zero width space")]
    [InlineData("jo\u200De", "zero width joiner")]
    [InlineData("joe\uFEFF", "byte order mark")]
    [InlineData("joe\u00AD", "soft hyphen")]
    [InlineData("\u202Ejoe", "right-to-left override")]
    [InlineData("joe\uFE0F", "variation selector")]
    [InlineData("joe\U000E0100", "variation selector, supplementary")]
    [InlineData("joe\u034F", "grapheme joiner")]
    [InlineData("joe\u3164", "Hangul filler")]
    [InlineData("joe\u115F", "Hangul choseong filler")]
    [InlineData("joe\uFFA0", "half-width Hangul filler")]
    [InlineData("joe\u180B", "Mongolian variation selector")]
    [InlineData("joe\u17B4", "Khmer inherent vowel")]
    [InlineData("joe\0", "NUL")]
    [InlineData("joe\u0085", "next line")]
    [InlineData("joe\u009B", "terminal control")]
    [InlineData("joe\u2028", "line separator")]
    public void Nothing_unseen_tells_two_names_apart(string text, string what)
    {
        Assert.NotEmpty(what);
        Assert.False(Name.TryParse(text, out _));
    }

    [Theory]
    [InlineData("\u0301joe")]
    [InlineData("\u0301")]
    [InlineData("joe-\u0301")]
    [InlineData("jo.\u0301e")]
    public void A_mark_stands_on_a_letter_or_a_digit(string text) => Assert.False(Name.TryParse(text, out _));

    [Fact]
    public void Half_a_character_is_refused()
    {
        foreach (string text in new[] { "\uD800", "joe\uD83C", "\uDF88joe", "\uDF88\uD83C", "a\uD800b" })
            Assert.False(Name.TryParse(text, out _));
    }

    [Fact]
    public void What_Unicode_says_is_no_character_is_refused_and_does_not_throw()
    {
        foreach (string text in new[] { "a\uFFFE", "a\uFFFF", "\uFDD0a", "\uFDEF", "a\U0001FFFE", "a\U0010FFFF" })
            Assert.False(Name.TryParse(text, out _));
    }

    [Fact]
    public void A_text_far_too_long_is_refused_unread()
    {
        Assert.False(Name.TryParse(new string('a', 1 << 20), out _));
        Assert.False(Name.TryParse(string.Concat(Enumerable.Repeat("\uFDFA", 1 << 16)), out _));
        Assert.False(Name.TryParse("a" + new string('\u0301', 1 << 16), out _));
    }
}
