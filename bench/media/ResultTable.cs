using System.Globalization;
using System.Text;

namespace Conference.Bench.Media;

/// <summary>Results as a table, for a terminal or for a page.</summary>
internal static class ResultTable
{
    private static readonly string[] s_columns =
        ["case", "sink", "who", "kpackets/CPU s", "busy", "load", "read", "B/packet", "half load: p50/p99/p99.9 us", "loss", "90%: p50/p99/p99.9 us", "loss"];

    // A packet that finds its receiver's socket full costs its sender less.
    private const double ReadEnough = 0.9;
    private const string Overrun = "* the sink was overrun, which makes sending cheap: not comparable";

    public static string Text(Results results)
    {
        var text = new StringBuilder(Rows(results));
        foreach (Target target in Targets.Of(results))
            text.AppendLine(CultureInfo.InvariantCulture, $"{(target.Met ? "met   " : "MISSED")}  {target.What}: {Number(target.Value)}, target {target.Wanted}");
        return text.ToString();
    }

    /// <summary>What was measured, without what it is to be.</summary>
    public static string Rows(Results results)
    {
        var text = new StringBuilder();
        string[][] rows = [s_columns, .. results.Rows.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, s_columns.Length).Select(i => rows.Max(r => r[i].Length))];
        foreach (string[] row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        if (rows.Any(r => r[3].EndsWith('*')))
            text.AppendLine(Overrun);
        text.AppendLine();
        foreach ((string who, string why) in results.Absent)
            text.AppendLine(CultureInfo.InvariantCulture, $"{who}: {why}");
        return text.ToString();
    }

    public static string Markdown(Results results)
    {
        var text = new StringBuilder();
        Line(text, s_columns);
        Line(text, s_columns.Select(_ => "---"));
        foreach (Row row in results.Rows)
            Line(text, Cells(row));
        if (results.Rows.Any(r => r.Of(f => f.Read).Median < ReadEnough))
            text.AppendLine().AppendLine("\\" + Overrun + ".");
        text.AppendLine().AppendLine("| target | reached | wanted | |").AppendLine("| --- | --- | --- | --- |");
        foreach (Target target in Targets.Of(results))
            Line(text, [target.What, Number(target.Value), target.Wanted, target.Met ? "met" : "**missed**"]);
        foreach ((string who, string why) in results.Absent)
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{who}: {why}.");
        return text.ToString();

        static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
    }

    /// <summary>A row as it is measured.</summary>
    public static string Line(Row row) => string.Join("  ", Cells(row));

    private static string[] Cells(Row row)
    {
        Traffic traffic = Traffic.Named(row.Traffic);
        return
        [
            $"1 -> {row.Receivers}, {traffic.Count} x {traffic.Size} B", row.Sink, row.Who,
            Format(row.Of(f => f.Kpps), "F0") + (row.Of(f => f.Read).Median < ReadEnough ? " *" : ""), Median(row, f => f.Busy, "F2"), Median(row, f => f.LoadBusy, "F2"), Median(row, f => f.Read, "P0"),
            Median(row, f => f.BytesPerPacket, "F3"),
            Delays(row, f => f.Half), Median(row, f => f.Half?.Loss, "P2"), Delays(row, f => f.Ninety), Median(row, f => f.Ninety?.Loss, "P2"),
        ];
    }

    private static string Delays(Row row, Func<Figures, Delay?> at) => string.Join(" / ",
        new Func<Delay, double>[] { d => d.P50, d => d.P99, d => d.P999 }.Select(p => Format(row.Of(f => at(f) is { } d ? p(d) : null), "F0")));

    private static string Median(Row row, Func<Figures, double?> figure, string format)
    {
        double median = row.Of(figure).Median;
        return double.IsNaN(median) ? "-" : median.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Format(Spread spread, string format) => spread.ToString(format, CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(value >= 100 ? "F0" : "F2", CultureInfo.InvariantCulture);
}
