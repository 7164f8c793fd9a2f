using System.Text;
using Conference.Protocol.Addresses;
using FsCheck;
using FsCheck.Fluent;

namespace Conference.Protocol.Tests.Addresses;

public sealed class NameTests
{
    /// <summary>Pieces that case mapping and normalisation do something to, together more than alone.</summary>
    private static readonly Gen<string> _tricky = Gen.Elements(
        "I", "i", "\u0130", "\u0131", "\u0307", "\u0301", "\u0345", "\u0323", "\u03A3", "\u03C2", "\u1FBC", "\u01C5", "\u017F", "\uFB01",
        "\u1E9E", "\u212B", "\uFF2A", "\u1100", "\u1161", "\u11A8", "\u13A0", "\u10A0", "\u03F4", "-", ".", "7", "\u2460", "\uD835\uDC00");

    [Theory]
    [InlineData("joe")]
    [InlineData("j")]
    [InlineData("7")]
    [InlineData("joe.doe_jr-2+home")]
    [InlineData("a..b")]
    [InlineData("山田太郎")]
    [InlineData("josé")]
    [InlineData("иван")]
    [InlineData("νίκη")]
    [InlineData("שלום")]
    [InlineData("हिन्दी")]
    [InlineData("日本joe")]
    [InlineData("guest")]
    public void A_legal_name_in_its_normal_form_stays_as_it_is(string text) => Assert.Equal(text, Name.Parse(text).ToString());

    [Theory]
    [InlineData("JOE", "joe")]
    [InlineData("Joe", "joe")]
    [InlineData("ｊｏｅ", "joe")]
    [InlineData("ＪＯＥ７", "joe7")]
    [InlineData("ﬁona", "fiona")]
    [InlineData("ＪＯＥ－２", "joe-2")]
    [InlineData("Jose\u0301", "jos\u00E9")]
    [InlineData("ÉLODIE", "élodie")]
    [InlineData("ИВАН", "иван")]
    [InlineData("\u212Aelvin", "kelvin")]
    [InlineData("\u017Fam", "sam")]
    [InlineData("①", "1")]
    public void What_looks_or_sounds_the_same_is_one_name(string text, string normal)
    {
        Assert.Equal(Name.Parse(normal), Name.Parse(text));
        Assert.Equal(normal, Name.Parse(text).ToString());
    }

    [Theory]
    [InlineData("\u0130lhan")]
    [InlineData("I\u0307lhan")]
    [InlineData("i\u0307lhan")]
    public void The_dotted_capital_i_is_a_small_i_with_its_dot(string text)
    {
        Assert.Equal("i\u0307lhan", Name.Parse(text).ToString());
        Assert.NotEqual(Name.Parse("ilhan"), Name.Parse(text));
    }

    [Fact]
    public void No_place_on_earth_changes_what_a_name_is() =>
        Assert.Equal("ilhan", Name.Parse("ILHAN").ToString());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("joe doe")]
    [InlineData("joe@doe")]
    [InlineData("joe/doe")]
    [InlineData("joe:doe")]
    [InlineData("joe\u00A0doe")]
    [InlineData("<joe>")]
    [InlineData("*")]
    [InlineData(".joe")]
    [InlineData("joe.")]
    [InlineData("-joe")]
    [InlineData("joe-")]
    [InlineData("_")]
    [InlineData("joe🎈")]
    public void Other_characters_are_refused_and_punctuation_at_either_end(string text) => Assert.False(Name.TryParse(text, out _));

    [Fact]
    public void Nothing_is_no_name()
    {
        Assert.False(Name.TryParse(null, out _));
        Assert.Equal("", default(Name).ToString());
        Assert.Throws<FormatException>(() => Name.Parse(""));
    }

    [Theory]
    [InlineData("a", 64)]
    [InlineData("é", 32)]
    [InlineData("山", 21)]
    public void A_name_has_at_most_64_bytes(string letter, int most)
    {
        Assert.True(Name.TryParse(string.Concat(Enumerable.Repeat(letter, most)), out _));
        Assert.False(Name.TryParse(string.Concat(Enumerable.Repeat(letter, most + 1)), out _));
    }

    [Fact]
    public void The_normal_form_is_what_counts_for_the_length()
    {
        // 32 times two characters, of three bytes together, that compose to one of two bytes.
        Assert.True(Name.TryParse(string.Concat(Enumerable.Repeat("e\u0301", 32)), out _));
        // One character that NFKC makes eighteen of: too long from the fourth on, and with spaces in it anyway.
        Assert.False(Name.TryParse("\uFDFA", out _));
    }

    [Fact]
    public void Guests_are_numbered_and_known_in_any_spelling()
    {
        Assert.Equal("guest-7", Name.Guest(7).ToString());
        Assert.Equal(Name.Guest(7), Name.Parse("ＧＵＥＳＴ-7"));
        Assert.True(Name.Parse("Guest-of-honour").IsGuest);
        Assert.False(Name.Parse("guest7").IsGuest);
        Assert.False(Name.Parse("the-guest-7").IsGuest);
    }

    [Fact]
    public void A_normal_form_is_its_own_normal_form() =>
        Prop.ForAll(Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).Select(v => new Rune(v).ToString()).Or(_tricky).ArrayOf().ToArbitrary(), parts =>
        {
            if (Name.TryParse(string.Concat(parts), out var name))
                AssertNormal(name);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithQuietOnSuccess(true));

    [Fact]
    public void Every_character_there_is_gives_a_normal_form_or_none()
    {
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.TryCreate(value, out var rune))
                continue;
            foreach (string text in new[] { rune.ToString(), $"a{rune}", $"{rune}\u0301", $"{rune}{rune}" })
            {
                if (Name.TryParse(text, out var name))
                    AssertNormal(name);
            }
        }
    }

    private static void AssertNormal(Name name)
    {
        string normal = name.ToString();
        if (!Name.TryParse(normal, out var again) || again != name || Encoding.UTF8.GetByteCount(normal) is 0 or > Name.MaxBytes)
            Assert.Fail($"'{normal}' is not its own normal form");
    }
}
