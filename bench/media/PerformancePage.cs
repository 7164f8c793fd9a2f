using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>Writes the media part of docs/performance-tables.md, between its two marks, and the chart beside it.</summary>
internal static class PerformancePage
{
    private const string Begin = "<!-- media: written by bench/media -->";
    private const string End = "<!-- /media -->";

    public static void Write(Results results, string page)
    {
        string old = File.Exists(page) ? File.ReadAllText(page) : $"# Performance, the full tables\n\n## Media\n\n{Begin}\n{End}\n";
        int begin = old.IndexOf(Begin, StringComparison.Ordinal);
        int end = old.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            (old, begin, end) = (old + $"\n## Media\n\n{Begin}\n{End}\n", old.Length + "\n## Media\n\n".Length, old.Length + $"\n## Media\n\n{Begin}\n".Length);
        string chart = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, "performance-media.svg");
        File.WriteAllText(chart, Chart.Svg(results));
        File.WriteAllText(page, old[..begin] + Begin + "\n" + Body(results) + old[end..]);
    }

    private static string Body(Results results) => string.Create(CultureInfo.InvariantCulture, $"""
        Taken {results.Taken} on {results.Machine}; remade by

            dotnet build -c Release bench/media
            bench/media/bin/Release/net10.0/Conference.Bench.Media --out media.json
            bench/media/bin/Release/net10.0/Conference.Bench.Media report media.json docs/performance-tables.md

        ![Packets per CPU second](performance-media.svg)

        One sender, N receivers, all on loopback; whoever is measured on core 0, sender and sink on core 1; in turns, min-median-max of the
        rounds. *floor-send* and *floor-segment* are what the kernel alone does for a C program (`bench/media/native/floor.c`): one send per packet,
        and one segmented send per burst. *plane* is this server's media plane, *plane-off* the same with `Media:Offload off`, *plane-2* with two
        loops on both cores, per CPU second of the busier loop. The sink decides what a segmented send costs on loopback: one with UDP_GRO
        takes it whole, as a network card with segmentation offload does; for a plain one the sender's kernel splits it, as it does for a card without.
        *busy* and *load* are CPU seconds per second of the measured process and of sender and sink together; *read* is the part of the packets the
        sink came round to read. Delays are from a packet's sending to its arrival at each receiver's socket, at half and at 90% of the
        contestant's own maximum: with N receivers the last copy of a packet waits for the N-1 before it.

        {ResultTable.Markdown(results)}
        """);
}
