using System.Globalization;
using System.Text;

namespace Conference.Bench.Media;

/// <summary>Bars of packets per CPU second as SVG: a panel per traffic and sink, at one number of receivers. Greys and one blue that read
/// on white and on black.</summary>
internal static class Chart
{
    private const int Width = 880;
    private const int PanelWidth = 420;
    private const int RowHeight = 22;
    private const int LabelWidth = 110;
    private const int BarWidth = PanelWidth - LabelWidth - 60;
    private const int Head = 56;
    private const string Ink = "#7d8590";
    private const string Ours = "#2f81f7";
    private const string Theirs = "#8b949e";

    public static string Svg(Results results)
    {
        int receivers = results.Rows.Select(r => r.Receivers).Distinct().OrderBy(n => Math.Abs(n - 100)).FirstOrDefault();
        var panels = results.Rows.Where(r => r.Receivers == receivers).GroupBy(r => (r.Traffic, r.Sink)).ToArray();
        int panelHeight = Head + panels.Select(p => p.Count()).DefaultIfEmpty(0).Max() * RowHeight + 30;
        int height = (panels.Length + 1) / 2 * panelHeight + 30;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12" fill="{Ink}">""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<title>Media fan-out, 1 to {receivers}, thousands of packets per CPU second</title>""");
        Text(svg, 10, 18, $"1 to {receivers} receivers: thousands of packets per CPU second (median; line: smallest to largest)", "start", bold: true);
        for (int i = 0; i < panels.Length; i++)
            Panel(svg, panels[i].Key.Traffic, panels[i].Key.Sink, [.. panels[i]], 10 + i % 2 * (PanelWidth + 20), 24 + i / 2 * panelHeight);
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Panel(StringBuilder svg, string traffic, string sink, Row[] rows, int left, int top)
    {
        double most = rows.Max(r => r.Of(f => f.Kpps).Max);
        double step = Step(most);
        double scale = BarWidth / (Math.Ceiling(most / step) * step);
        Traffic kind = Traffic.Named(traffic);
        string title = kind.Count > 1 ? $"bursts of {kind.Count} x {kind.Size} B" : $"single {kind.Size} B packets";
        Text(svg, left, top + 22, $"{title}, {(sink == "gro" ? "UDP_GRO" : "plain")} sink", "start", bold: true);
        int bottom = top + Head + rows.Length * RowHeight;
        for (double tick = 0; tick * scale <= BarWidth + 0.5; tick += step)
        {
            double x = left + LabelWidth + tick * scale;
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{x:F1} {top + Head - 6}V{bottom}" stroke="{Ink}" stroke-opacity="0.3"/>""");
            Text(svg, x, top + Head - 10, tick.ToString("F0", CultureInfo.InvariantCulture), "middle");
        }

        for (int i = 0; i < rows.Length; i++)
        {
            Spread kpps = rows[i].Of(f => f.Kpps);
            double y = top + Head + i * RowHeight;
            double start = left + LabelWidth;
            Text(svg, start - 6, y + 14, rows[i].Who, "end");
            svg.AppendLine(CultureInfo.InvariantCulture,
                $"""<rect x="{start}" y="{y + 3}" width="{kpps.Median * scale:F1}" height="{RowHeight - 6}" fill="{(rows[i].Who.StartsWith("plane", StringComparison.Ordinal) ? Ours : Theirs)}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture,
                $"""<path d="M{start + kpps.Min * scale:F1} {y + RowHeight / 2}H{start + kpps.Max * scale:F1}" stroke="{Ink}" stroke-width="2"/>""");
            Text(svg, start + kpps.Max * scale + 5, y + 14, kpps.Median.ToString("F0", CultureInfo.InvariantCulture), "start");
        }
    }

    // Three to six marks at round numbers.
    private static double Step(double most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, most))));
        return power * ((most / power) switch { >= 5 => 2, >= 2.5 => 1, >= 1.5 => 0.5, _ => 0.25 });
    }

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor, bool bold = false) =>
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}"{(bold ? " font-weight=\"bold\"" : "")}>{text}</text>""");
}
