using System.Globalization;
using Conference.Client.Calls;

namespace Conference.Client.Terminals;

/// <summary>The rows of a call as lines of text, none wider and not more than there is place for. What matters least is left out first. Pure.</summary>
internal static class CallTable
{
    private const int LeastName = 14;
    private const int MostName = 30;
    private const int FrameOfColumn = 3;

    private static readonly Column[] _columns =
    [
        new("service", 7, 2, r => r.Service),
        new("codec", 5, 5, r => r.Codec),
        new("kbit/s", 6, 3, r => r.Service == CallRow.NoService ? "" : Number(r.KilobitsPerSecond, "0"), IsRight: true),
        new("packets", 7, 7, r => r.Service == CallRow.NoService ? "" : Number(r.Packets, "0"), IsRight: true),
        new("loss %", 6, 4, r => Number(r.LossPercent, "0.0"), IsRight: true),
        new("jitter ms", 9, 6, r => Number(r.JitterMilliseconds, "0.0"), IsRight: true),
        new("", 6, 1, r => r.State switch { MemberState.Speaks => "speaks", MemberState.Muted => "muted", _ => "" }),
    ];

    /// <param name="title">Above it.</param>
    /// <param name="rows">In their order.</param>
    /// <param name="width">Columns of the terminal that may be used.</param>
    /// <param name="height">Lines that may be used; the frame and a row are there in any case.</param>
    public static IReadOnlyList<string> Build(string title, IReadOnlyList<CallRow> rows, int width, int height)
    {
        var columns = Choose(width);
        int name = Math.Clamp(width - 4 - columns.Sum(c => c.Width + FrameOfColumn), 1, MostName);
        int most = Math.Max(1, height - 5);
        var shown = rows.Count <= most ? rows : rows.Take(most - 1);
        List<string> lines =
        [
            Cells.Fit(title, width).TrimEnd(),
            Rule('╭', '┬', '╮', name, columns),
            Line(Cells.Fit("member", name), columns.Select(c => Cells.Fit(c.Title, c.Width, c.IsRight))),
            Rule('├', '┼', '┤', name, columns),
            .. shown.Select(r => Line(Name(r, name), columns.Select(c => Cells.Fit(c.Text(r), c.Width, c.IsRight)))),
        ];
        if (rows.Count > most)
            lines.Add(Line(Cells.Fit(string.Create(CultureInfo.InvariantCulture, $"and {rows.Count - most + 1} more"), name), columns.Select(c => new string(' ', c.Width))));
        lines.Add(Rule('╰', '┴', '╯', name, columns));
        return lines;
    }

    private static Column[] Choose(int width)
    {
        var columns = _columns.ToList();
        while (columns.Sum(c => c.Width + FrameOfColumn) + LeastName + 4 > width && columns.MaxBy(c => c.Rank) is { } least)
            columns.Remove(least);
        return [.. columns];
    }

    /// <summary>That it is oneself is not cut off.</summary>
    private static string Name(CallRow row, int width)
    {
        const string You = " (you)";
        return row.IsSelf && width > You.Length + 1 && Cells.Width(row.Name) > width ? Cells.Fit(row.Member, width - You.Length) + You : Cells.Fit(row.Name, width);
    }

    private static string Line(string name, IEnumerable<string> cells) => $"│ {string.Join(" │ ", [name, .. cells])} │";

    private static string Rule(char left, char middle, char right, int name, Column[] columns) =>
        left + string.Join(middle, new[] { name }.Concat(columns.Select(c => c.Width)).Select(w => new string('─', w + 2))) + right;

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    /// <param name="Rank">The higher, the sooner it is left out.</param>
    private sealed record Column(string Title, int Width, int Rank, Func<CallRow, string> Text, bool IsRight = false);
}
