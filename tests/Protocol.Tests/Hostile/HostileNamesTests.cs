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
    [InlineData("p\u0430ypal", "Cyrillic a among Latin letters")]
    [InlineData("\u0585range", "Armenian o among Latin letters")]
    [InlineData("\u13AAoe", "a Cherokee letter among Latin ones")]
    [InlineData("東京д", "Cyrillic among Han")]
    [InlineData("ひら한국", "Hiragana and Hangul")]
    [InlineData("ㄅひ", "Bopomofo and Hiragana")]
    [InlineData("joe\u0645", "Arabic among Latin letters")]
    [InlineData("हतமி", "Devanagari and Tamil")]
    [InlineData("joe\u0660", "an Arabic digit among Latin letters")]
    public void Scripts_that_are_not_written_together_are_not_mixed(string text, string what)
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
    [InlineData("jo\u200Ce", "zero width non-joiner")]
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

    /// <summary>Persian joins letters within a word, and parts its endings from it; Indic scripts choose the shape of a conjunct.</summary>
    [Theory]
    [InlineData("\u0646\u0627\u0645\u0647\u200C\u0627\u06CC", "Persian")]
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "Persian")]
    [InlineData("\u0628\u064E\u200C\u0628", "Arabic, with a vowel between")]
    [InlineData("\u0915\u094D\u200D\u0937", "Devanagari, a half form")]
    [InlineData("\u0915\u094D\u200C\u0937", "Devanagari, a visible virama")]
    [InlineData("\u0DC1\u0DCA\u200D\u0DBB\u0DD3", "Sinhala: sri, as in Sri Lanka")]
    [InlineData("\u0D28\u0D4D\u200D", "Malayalam, a chillu as it was written before it had a letter of its own")]
    public void A_joiner_passes_where_a_script_needs_it(string text, string what)
    {
        Assert.NotEmpty(what);
        Assert.Equal(text, Name.Parse(text).ToString());
    }

    [Theory]
    [InlineData("a\u200Cb", "between Latin letters")]
    [InlineData("a\u200Db", "between Latin letters")]
    [InlineData("\u200C\u0628", "at the beginning")]
    [InlineData("\u200D", "alone")]
    [InlineData("\u0628\u200C", "at the end")]
    [InlineData("\u0627\u200C\u0628", "behind a letter that does not join on")]
    [InlineData("\u0628\u200C\u200C\u0628", "twice")]
    [InlineData("\u0628\u200D\u0628", "where letters join anyway")]
    [InlineData("\u0628\u200C-\u0628", "before a sign")]
    [InlineData("\u0915\u200D\u0937", "without a virama")]
    [InlineData("\u0915\u094D\u200D\u093F", "before a vowel sign")]
    [InlineData("\u0915\u094D\u200D\u200D\u0937", "twice")]
    [InlineData("\u0915\u094D\u200D\u200C\u0937", "both")]
    [InlineData("\u0915\u094D\u200C", "at the end")]
    public void A_joiner_is_refused_elsewhere(string text, string where)
    {
        Assert.NotEmpty(where);
        Assert.False(Name.TryParse(text, out _));
    }

    [Theory]
    [InlineData("\u0378")]
    [InlineData("a\u0378")]
    [InlineData("\u05FF\u05D0")]
    [InlineData("a\U000E0080")]
    [InlineData("\U0003FFFD")]
    public void A_character_that_Unicode_does_not_have_yet_is_refused(string text) => Assert.False(Name.TryParse(text, out _));

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
