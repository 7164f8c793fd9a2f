using System.Globalization;
using System.Text;

namespace Conference.Bench.Media;

/// <summary>What it costs to send to browsers: one sender's packets sealed for fifty of them, beside the same to fifty plain receivers in the same run.</summary>
internal static class WebBench
{
    private const int Browsers = 50;

    public static Results Run(BenchOptions options, NativeTools tools) =>
        new FanOutBench(options with { Receivers = [Browsers], Contestants = [Contestant.Plane, Contestant.Web] }, tools).Run();

    /// <summary>The table, and what was to be reached.</summary>
    public static string Text(Results results)
    {
        var text = new StringBuilder(ResultTable.Rows(results));
        foreach (Row web in results.Rows.Where(r => r.Who == Contestant.Web.Name))
        {
            if (results.Find(Contestant.Plane.Name, web.Receivers, web.Traffic, web.Sink) is not { } plane)
                continue;
            bool isBurst = web.Traffic == Traffic.Burst.Name;
            double kpps = web.Of(f => f.Kpps).Median;
            Tell($"{web.Traffic} 1 -> {web.Receivers}, {web.Sink} sink: sealed / plain", kpps / plane.Of(f => f.Kpps).Median, isBurst ? 0.4 : 0.7);
            if (isBurst)
                Tell($"{web.Traffic} 1 -> {web.Receivers}, {web.Sink} sink: thousands of packets a CPU second", kpps, web.Sink == "gro" ? 700 : 450);
            text.AppendLine(CultureInfo.InvariantCulture, $"        {web.Traffic}, {web.Sink} sink: {web.Of(f => f.BytesPerPacket).Median:F3} bytes allocated per packet, target 0");
        }

        return text.ToString();

        void Tell(string what, double value, double wanted) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"{(value >= wanted ? "met   " : "MISSED")}  {what}: {value:F2}, target >= {wanted}");
    }
}
