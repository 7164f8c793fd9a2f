using System.Runtime.InteropServices;
using System.Text;

namespace Conference.Protocol.Text;

/// <summary>
/// The normal forms NFC and NFKC (Unicode Standard Annex 15) of one version of Unicode: who is the same name must not depend on which ICU a
/// machine has, and an image needs none. A code point that version does not know stays what it is.
/// </summary>
public static class UnicodeNormalizer
{
    /// <summary>Composed: the same characters in the same form.</summary>
    /// <param name="text">A lone surrogate in it becomes U+FFFD.</param>
    public static string ToNfc(string text) => Normalise(text, compatibly: false);

    /// <summary>Composed, and what is a variant of another character (ﬁ, ①, ｊ) is that character.</summary>
    /// <param name="text">A lone surrogate in it becomes U+FFFD.</param>
    public static string ToNfkc(string text) => Normalise(text, compatibly: true);

    private static string Normalise(string text, bool compatibly)
    {
        if (Ascii.IsValid(text))
            return text;
        var codes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, compatibly, codes);
        Order(codes);
        Compose(codes);
        var result = new StringBuilder(codes.Count);
        foreach (int code in codes)
            result.Append(new Rune(code));
        return result.ToString();
    }

    private static void Decompose(int code, bool compatibly, List<int> into)
    {
        if (Hangul.TryDecompose(code, into))
            return;
        var mapping = NormalizationData.Decompose(code, compatibly);
        if (mapping.IsEmpty)
            into.Add(code);
        foreach (int part in mapping)
            Decompose(part, compatibly, into);
    }

    /// <summary>Marks between two starters go by their class; those of one class keep their order.</summary>
    private static void Order(List<int> codes)
    {
        for (int start = 0; start < codes.Count;)
        {
            int end = start;
            while (end < codes.Count && NormalizationData.ClassOf(codes[end]) != 0)
                end++;
            if (end - start > 1)
            {
                int[] ordered = [.. codes[start..end].OrderBy(NormalizationData.ClassOf)];
                ordered.CopyTo(CollectionsMarshal.AsSpan(codes)[start..end]);
            }

            start = end + 1;
        }
    }

    /// <summary>Each mark, and each starter behind a starter, goes into the starter before it where there is a composite and nothing of its class,
    /// or a higher one, stands between.</summary>
    private static void Compose(List<int> codes)
    {
        int starter = -1, between = 0, length = 0;
        foreach (int code in CollectionsMarshal.AsSpan(codes))
        {
            int combining = NormalizationData.ClassOf(code);
            if (starter >= 0 && (between == 0 || between < combining)
                && (Hangul.Compose(codes[starter], code) ?? NormalizationData.Compose(codes[starter], code)) is { } composite)
            {
                codes[starter] = composite;
                continue;
            }

            if (combining == 0)
                starter = length;
            between = combining;
            codes[length++] = code;
        }

        codes.RemoveRange(length, codes.Count - length);
    }

    /// <summary>Syllables of two or three Jamo, in the order of an odometer (The Unicode Standard, 3.12).</summary>
    private static class Hangul
    {
        private const int FirstSyllable = 0xAC00, FirstLeading = 0x1100, FirstVowel = 0x1161;
        private const int Leadings = 19, Vowels = 21, Trailings = 28;
        private const int Syllables = Leadings * Vowels * Trailings;

        /// <summary>Trailing consonants begin behind this one, which stands for none.</summary>
        private const int NoTrailing = 0x11A7;

        public static bool TryDecompose(int code, List<int> into)
        {
            int index = code - FirstSyllable;
            if (index is < 0 or >= Syllables)
                return false;
            into.Add(FirstLeading + (index / (Vowels * Trailings)));
            into.Add(FirstVowel + (index / Trailings % Vowels));
            if (index % Trailings != 0)
                into.Add(NoTrailing + (index % Trailings));
            return true;
        }

        public static int? Compose(int first, int second)
        {
            int leading = first - FirstLeading, vowel = second - FirstVowel;
            if (leading is >= 0 and < Leadings && vowel is >= 0 and < Vowels)
                return FirstSyllable + (((leading * Vowels) + vowel) * Trailings);
            int syllable = first - FirstSyllable, trailing = second - NoTrailing;
            return syllable is >= 0 and < Syllables && syllable % Trailings == 0 && trailing is > 0 and < Trailings ? first + trailing : null;
        }
    }
}
