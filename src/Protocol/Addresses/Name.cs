using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Conference.Protocol.Text;

namespace Conference.Protocol.Addresses;

/// <summary>
/// The name of a user or room, always in its one normal form: NFKC, lower case, 1 to 64 UTF-8 bytes of letters, digits and
/// <c>. _ - +</c>, beginning and ending with a letter or digit (or a mark on one), nothing that is not seen, and Latin letters
/// never mixed with Greek or Cyrillic ones.
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
        // Composing shortens a text, but not to a quarter: far beyond that nothing can be legal, and normalising must not
        // be made to chew on it.
        if (string.IsNullOrEmpty(text) || text.Length > 4 * MaxBytes)
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
        // The one capital whose small form takes two characters, which ToLowerInvariant does not make, is done by hand.
        return UnicodeNormalizer.ToNfkc(
            UnicodeNormalizer.ToNfkc(text).Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant());
    }

    private static bool HasLegalCharacters(string text)
    {
        Rune last = default;
        bool first = true;
        foreach (var rune in text.EnumerateRunes())
        {
            bool legal = Rune.IsLetterOrDigit(rune) || (!first && ((IsMark(rune) && !IsPunctuation(last)) || IsPunctuation(rune)));
            if (!legal || IsUnseen(rune))
                return false;
            first = false;
            last = rune;
        }

        return !first && !IsPunctuation(last);
    }

    private static bool IsPunctuation(Rune rune) => rune.Value is '.' or '_' or '-' or '+';

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Letters and marks that show nothing, so that two names could look the same: fillers, joiners, variation selectors.</summary>
    private static bool IsUnseen(Rune rune) => rune.Value
        is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164
        or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>The scripts whose letters look like each other's; one name may use only one of them.</summary>
    private static bool MixesLookalikes(string text)
    {
        bool latin = false, greek = false, cyrillic = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
                continue;
            latin |= rune.Value is < 0x02B0 or (>= 0x1E00 and < 0x1F00) or (>= 0x2C60 and < 0x2C80) or (>= 0xA720 and < 0xA800);
            greek |= rune.Value is (>= 0x0370 and < 0x0400) or (>= 0x1F00 and < 0x2000);
            cyrillic |= rune.Value is (>= 0x0400 and < 0x0530) or (>= 0x1C80 and < 0x1C90) or (>= 0x2DE0 and < 0x2E00) or (>= 0xA640 and < 0xA6A0);
        }

        return (latin ? 1 : 0) + (greek ? 1 : 0) + (cyrillic ? 1 : 0) > 1;
    }
}
