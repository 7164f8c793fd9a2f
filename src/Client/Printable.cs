using System.Globalization;
using System.Text;

namespace Conference.Client;

/// <summary>What others said, made safe for a terminal: no control or format characters, no endless lines.</summary>
public static class Printable
{
    public const int MaxLength = 2048;

    public static string Of(string text, int maxLength = MaxLength)
    {
        bool clean = text.Length <= maxLength && !text.Any(IsUnsafe);
        return clean ? text : new string([.. text.Take(maxLength).Select(c => IsUnsafe(c) ? '\uFFFD' : c)]);
    }

    internal static bool IsUnsafe(Rune rune) => IsUnsafe(Rune.GetUnicodeCategory(rune));

    private static bool IsUnsafe(char c) => IsUnsafe(char.GetUnicodeCategory(c));

    private static bool IsUnsafe(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
