using System.Text;
using Conference.Protocol.Text;

namespace Conference.Protocol.Tests.Text;

/// <summary>Our normal forms beside ICU's, which the tests' runtime has: Debian's knows the same version of Unicode.</summary>
public sealed class UnicodeNormalizerTests
{
    private static readonly int[] _codes = [.. Enumerable.Range(0, 0x110000).Where(c => c is < 0xD800 or > 0xDFFF && !IsNoncharacter(c))];

    /// <summary>What meets others in interesting ways: letters, marks of many classes, Jamo, syllables, ligatures, excluded composites.</summary>
    private static readonly int[] _sociable =
    [
        'a', 'e', 'i', 'o', 's', 'A', 0x017F, 0x00C5, 0x1E9B, 0x0323, 0x0307, 0x0300, 0x0301, 0x0345, 0x0327, 0x0338, 0x05B0, 0x05BC, 0x0BC6, 0x0BBE,
        0x0BD7, 0x0915, 0x093C, 0x0958, 0x1100, 0x1161, 0x11A7, 0x11A8, 0x11C2, 0xAC00, 0xAC01, 0xFB01, 0x2460, 0xFF4A, 0xFF9E, 0x30AB, 0x3099, 0x2126,
        0x212B, 0x1D15E, 0x1D165, 0x0F71, 0x0F72, 0x0F73, 0x110B9, 0x110BA, 0xFDFA, 0x0130,
    ];

    [Fact]
    public void Every_code_point_has_the_normal_forms_that_icu_gives_it()
    {
        foreach (int code in _codes)
            AssertAlike(char.ConvertFromUtf32(code));
    }

    [Fact]
    public void Every_pair_and_every_triple_of_sociable_ones_too()
    {
        foreach (int first in _sociable)
        {
            foreach (int second in _sociable)
            {
                AssertAlike(char.ConvertFromUtf32(first) + char.ConvertFromUtf32(second));
                foreach (int third in _sociable)
                    AssertAlike(char.ConvertFromUtf32(first) + char.ConvertFromUtf32(second) + char.ConvertFromUtf32(third));
            }
        }
    }

    [Fact]
    public void So_have_long_texts_by_chance()
    {
        var random = new Random(20261123);
        for (int i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder();
            for (int length = random.Next(1, 40); length > 0; length--)
            {
                int[] from = random.Next(3) == 0 ? _codes : _sociable;
                text.Append(char.ConvertFromUtf32(from[random.Next(from.Length)]));
            }

            AssertAlike(text.ToString());
        }
    }

    [Fact]
    public void Lone_surrogates_become_replacement_characters() =>
        Assert.Equal("e\uFFFD\u00E9\uFFFD", UnicodeNormalizer.ToNfc("e\uD800e\u0301\uDC00"));

    private static void AssertAlike(string text)
    {
        if (text.Normalize(NormalizationForm.FormC) != UnicodeNormalizer.ToNfc(text) || text.Normalize(NormalizationForm.FormKC) != UnicodeNormalizer.ToNfkc(text))
            Assert.Fail($"{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}: {UnicodeNormalizer.ToNfc(text)}, {UnicodeNormalizer.ToNfkc(text)}");
    }

    private static bool IsNoncharacter(int code) => (code & 0xFFFE) == 0xFFFE || code is >= 0xFDD0 and <= 0xFDEF;
}
