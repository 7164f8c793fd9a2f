using System.Buffers;
using System.Text;

namespace Conference.Protocol.Addresses;

/// <summary>
/// The characters of a name, one by one:
/// <code>
/// name  = piece *( 1*sign piece )
/// piece = letter *( letter / mark / joiner )     ; a digit is a letter here, and on it at most four nonspacing marks, no two alike in a row
/// sign  = "." / "_" / "-" / "+"
/// </code>
/// </summary>
internal static class NameLetters
{
    /// <summary>Marks above and below one letter: as many as UTS 39 (5.4) advises.</summary>
    private const int MostMarks = 4;

    private const int NonJoiner = 0x200C, Joiner = 0x200D;

    /// <summary>The same as <see cref="AreLegal"/>, for ASCII.</summary>
    internal static bool AreLegalAscii(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !IsSign(c))
                return false;
        }

        return !IsSign(text[0]) && !IsSign(text[^1]);
    }

    /// <summary>
    /// Characters of Unicode, each of them, in the version that ICU knows: only of those it is settled for good what their normal form is.
    /// Also a condition of <see cref="string.Normalize()"/>, which throws for half a character.
    /// </summary>
    internal static bool AreAssigned(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // Half a character is read as U+FFFD, which is in no name either.
            if (rune == Rune.ReplacementChar || Icu.Category(rune) == IcuCategory.Unassigned)
                return false;
        }

        return true;
    }

    /// <param name="text">In its normal form.</param>
    internal static bool AreLegal(string text)
    {
        Rune last = default;
        int at = 0, marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bool legal = IsJoiner(rune)
                ? IsNeeded(rune, text.AsSpan(0, at), text.AsSpan(at + 1))
                : !IsUnseen(rune) && (IsLetter(rune) || (at > 0 && (IsSign(rune.Value) || (IsMark(rune) && !IsSign(last.Value)))));
            marks = !IsMark(rune) ? 0 : IsNonSpacing(rune) ? marks + 1 : marks;
            if (!legal || marks > MostMarks || (marks > 1 && rune == last))
                return false;
            last = rune;
            at += rune.Utf16SequenceLength;
        }

        return at > 0 && !IsSign(last.Value);
    }

    /// <summary>
    /// A joiner where a script needs it and it can be seen, by UAX 31 (2.3.1), which says in more detail what RFC 5892 (appendix A) says: ZWNJ parts two letters
    /// that would join (Persian), or two consonants behind a virama; ZWJ stands behind a virama, with no mark on it.
    /// </summary>
    private static bool IsNeeded(Rune joiner, ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        bool behindVirama = Rune.DecodeLastFromUtf16(before, out var last, out _) == OperationStatus.Done && Icu.IsVirama(last);
        bool isLast = Rune.DecodeFromUtf16(after, out var next, out _) != OperationStatus.Done;
        if (joiner.Value == Joiner)
            return behindVirama && (isLast || (!IsMark(next) && !IsJoiner(next)));
        return (behindVirama && !isLast && IsLetter(next)) || (JoinsOn(before) && JoinsBack(after));
    }

    /// <summary>The last letter reaches for the one behind it; marks do not stand between.</summary>
    private static bool JoinsOn(ReadOnlySpan<char> before)
    {
        while (Rune.DecodeLastFromUtf16(before, out var rune, out int length) == OperationStatus.Done)
        {
            if (Joining(rune) is var joining && joining != IcuJoining.Transparent)
                return joining is IcuJoining.Dual or IcuJoining.Left;
            before = before[..^length];
        }

        return false;
    }

    /// <summary>The first letter reaches for the one before it.</summary>
    private static bool JoinsBack(ReadOnlySpan<char> after)
    {
        foreach (var rune in after.EnumerateRunes())
        {
            if (Joining(rune) is var joining && joining != IcuJoining.Transparent)
                return joining is IcuJoining.Dual or IcuJoining.Right;
        }

        return false;
    }

    /// <summary>A joiner itself is none of what may stand between: two in a row show no more than one.</summary>
    private static IcuJoining Joining(Rune rune) => IsJoiner(rune) ? IcuJoining.None : Icu.Joining(rune);

    private static bool IsJoiner(Rune rune) => rune.Value is NonJoiner or Joiner;

    private static bool IsSign(int value) => value is '.' or '_' or '-' or '+';

    private static bool IsUnseen(Rune rune) => !rune.IsAscii && Icu.IsDefaultIgnorable(rune);

    private static bool IsLetter(Rune rune) => rune.IsAscii
        ? Rune.IsLetterOrDigit(rune)
        : Icu.Category(rune) is (>= IcuCategory.UppercaseLetter and <= IcuCategory.OtherLetter) or IcuCategory.DecimalDigit;

    private static bool IsNonSpacing(Rune rune) => !rune.IsAscii && Icu.Category(rune) is IcuCategory.NonSpacingMark;

    private static bool IsMark(Rune rune) => !rune.IsAscii && Icu.Category(rune) is IcuCategory.NonSpacingMark or IcuCategory.SpacingMark;
}
