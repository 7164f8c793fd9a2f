using System.Globalization;
using System.Text;

namespace Conference.Bench.Media;

/// <summary>What sealing costs the sender, and what the way over a second node adds to the delay.</summary>
/// <remarks>
/// The first: one sender's packets to 1 and to 2 other nodes, beside as many receivers at its own plane, which get the same packets by the
/// same calls, unsealed. The second: to ten receivers at another plane, and at the same rates to ten at the sender's own; both
/// planes of the first have one core between them.
/// </remarks>
internal sealed class TrunkBench(BenchOptions options, NativeTools tools)
{
    private const int Receivers = 10;

    private readonly Measurement _measurement = new(options, tools);

    public Results Run()
    {
        Results results = new FanOutBench(options with { Receivers = [1, 2], Contestants = [Contestant.Plane, Contestant.Trunk] }, tools).Run();
        using Pinned spin = tools.Start(NativeTools.MeasuredCore, "spin");
        foreach (Traffic traffic in options.Traffic)
        {
            foreach (string sink in options.Sinks)
            {
                for (int round = 0; round < options.Rounds; round++)
                    Hop(results, traffic, sink);
            }
        }

        return results;
    }

    /// <summary>The table, and the two answers.</summary>
    public static string Text(Results results)
    {
        var text = new StringBuilder(ResultTable.Rows(results));
        foreach (Row trunk in results.Rows.Where(r => r.Who == Contestant.Trunk.Name))
        {
            if (results.Find(Contestant.Plane.Name, trunk.Receivers, trunk.Traffic, trunk.Sink) is not { } plane)
                continue;
            double sealedMicroseconds = 1000 / trunk.Of(f => f.Kpps).Median;
            double plainMicroseconds = 1000 / plane.Of(f => f.Kpps).Median;
            text.AppendLine(CultureInfo.InvariantCulture, $"{trunk.Traffic} to {trunk.Receivers} nodes, {trunk.Sink} sink: {sealedMicroseconds:F2} us a packet sealed, {plainMicroseconds:F2} us plain");
        }

        foreach (Row hop in results.Rows.Where(r => r.Who == Contestant.Hop.Name))
        {
            if (results.Find(Contestant.Plane.Name, Receivers, hop.Traffic, hop.Sink) is not { } plane)
                continue;
            double added50 = hop.Of(f => f.Half?.P50).Median - plane.Of(f => f.Half?.P50).Median;
            double added99 = hop.Of(f => f.Half?.P99).Median - plane.Of(f => f.Half?.P99).Median;
            text.AppendLine(CultureInfo.InvariantCulture, $"{(added99 < 200 ? "met   " : "MISSED")}  {hop.Traffic}, {hop.Sink} sink: the hop adds p50 {added50:F0} us, p99 {added99:F0} us at half load, target < 200");
        }

        return text.ToString();
    }

    private void Hop(Results results, Traffic traffic, string sink)
    {
        double most = (traffic.Count > 1 ? _measurement.Floor("segment", Receivers, traffic, sink) : _measurement.Floor("send", Receivers, traffic, sink)).Kpps * 1000;
        Figures hop = _measurement.Measure(Contestant.Hop, Receivers, traffic, sink, most * Contestant.Hop.Overload);
        FanOutBench.Add(results, Contestant.Hop.Name, Receivers, traffic, sink, hop);
        Figures plane = _measurement.Measure(Contestant.Plane, Receivers, traffic, sink, most * Contestant.Plane.Overload, hop.Kpps * 1000);
        FanOutBench.Add(results, Contestant.Plane.Name, Receivers, traffic, sink, plane);
    }
}
