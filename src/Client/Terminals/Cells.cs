using System.Globalization;
using Spectre.Console.Rendering;

namespace Conference.Client.Terminals;

/// <summary>How wide text is on a terminal: two columns for a Chinese character, none for a mark on one. Pure.</summary>
internal static class Cells
{
    public static int Width(string text) => new Segment(text).CellCount();

    /// <summary>As much as fits, with an ellipsis where something is missing, and filled up with spaces.</summary>
    public static string Fit(string text, int width, bool right = false)
    {
        if (Width(text) > width)
            text = width < 1 ? "" : Begin(text, width - 1) + "…";
        string space = new(' ', Math.Max(0, width - Width(text)));
        return right ? space + text : text + space;
    }

    /// <summary>The end of a text that is typed, as much as fits.</summary>
    public static string End(string text, int width)
    {
        string[] elements = Elements(text);
        int from = elements.Length;
        for (int used = 0; from > 0 && (used += Width(elements[from - 1])) <= width;)
            from--;
        return string.Concat(elements[from..]);
    }

    /// <summary>Lines no wider than <paramref name="width"/>, at spaces where there are some.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        while (Width(text) > width)
        {
            string line = Begin(text, width);
            if (line.Length == 0)
                yield break;
            int space = line.LastIndexOf(' ');
            if (space > line.Length / 2)
                line = line[..(space + 1)];
            yield return line.TrimEnd();
            text = text[line.Length..];
        }

        yield return text;
    }

    private static string Begin(string text, int width)
    {
        string[] elements = Elements(text);
        int to = 0;
        for (int used = 0; to < elements.Length && (used += Width(elements[to])) <= width;)
            to++;
        return string.Concat(elements[..to]);
    }

    private static string[] Elements(string text)
    {
        List<string> elements = [];
        for (var next = StringInfo.GetTextElementEnumerator(text); next.MoveNext();)
            elements.Add(next.GetTextElement());
        return [.. elements];
    }
}
