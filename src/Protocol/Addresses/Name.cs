using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Conference.Protocol.Addresses;

/// <summary>
/// The name of a user or room, always in its one normal form: NFKC, lower case, 1 to 64 UTF-8 bytes of letters, digits and
/// <c>. _ - +</c>, beginning and ending with a letter or digit (or a mark on one), and Latin letters never mixed with Greek or Cyrillic ones.
/// "Joe", "JOE" and full-width "ｊｏｅ" are one name; two names that differ are two users.
/// </summary>
public readonly record struct Name
{
    /// <summary>UTF-8 bytes of the normal form.</summary>
    public const int MaxBytes = 64;

    private readonly string? _value;

    private Name(string value) => _value = value;

    public override string ToString() => _value ?? "";

    /// <summary>Names the server gives itself (<c>guest-7</c>); nobody may sign in under one.</summary>
    public bool IsGuest => ToString().StartsWith("guest-", StringComparison.Ordinal);

    public static Name Guest(long number) => new(string.Create(CultureInfo.InvariantCulture, $"guest-{number}"));

    /// <returns>False when <paramref name="text"/> has no normal form that is a legal name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Name name)
    {
        name = default;
        // Four bytes is the longest a normal form can need per UTF-16 unit here; far beyond that nothing can be legal,
        // and normalising must not be made to chew on it.
        if (string.IsNullOrEmpty(text) || text.Length > 4 * MaxBytes || !IsWellFormed(text))
            return false;

        string normal = Normalise(text);
        if (Encoding.UTF8.GetByteCount(normal) > MaxBytes || !HasLegalCharacters(normal) || MixesLookalikes(normal))
            return false;

        name = new Name(normal);
        return true;
    }

    /// <summary>For names known to be legal: tests, constants.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static Name Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a legal name");

    private static string Normalise(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        // Lower-casing can undo normalisation and the other way round; the second pass makes it a fixed point.
        return text.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Normalize(NormalizationForm.FormKC);
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static bool HasLegalCharacters(string text)
    {
        Rune last = default;
        bool first = true;
        foreach (var rune in text.EnumerateRunes())
        {
            bool legal = Rune.IsLetterOrDigit(rune) || (!first && (IsMark(rune) || IsPunctuation(rune)));
            if (!legal)
                return false;
            first = false;
            last = rune;
        }

        return !first && !IsPunctuation(last);
    }

    private static bool IsPunctuation(Rune rune) => rune.Value is '.' or '_' or '-' or '+';

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>The scripts whose letters look like each other's; one name may use only one of them.</summary>
    private static bool MixesLookalikes(string text)
    {
        bool latin = false, greek = false, cyrillic = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
                continue;
            latin |= rune.Value is < 0x0250 or (>= 0x1E00 and < 0x1F00) or (>= 0x2C60 and < 0x2C80) or (>= 0xA720 and < 0xA800);
            greek |= rune.Value is (>= 0x0370 and < 0x0400) or (>= 0x1F00 and < 0x2000);
            cyrillic |= rune.Value is (>= 0x0400 and < 0x0530) or (>= 0x1C80 and < 0x1C90) or (>= 0x2DE0 and < 0x2E00) or (>= 0xA640 and < 0xA6A0);
        }

        return (latin ? 1 : 0) + (greek ? 1 : 0) + (cyrillic ? 1 : 0) > 1;
    }
}
