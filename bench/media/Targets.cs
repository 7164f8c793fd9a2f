namespace Conference.Bench.Media;

/// <param name="What">What is compared.</param>
/// <param name="Wanted">The target, as it is written.</param>
internal sealed record Target(string What, double Value, string Wanted, bool Met);

/// <summary>What the plane is to reach, and what it does.</summary>
internal static class Targets
{
    // Zero, give or take what one question to the process may allocate more than another.
    private const double Nothing = 0.01;

    // A smaller room is on one loop, however many there are.
    private const int SpreadRoom = 33;

    public static IEnumerable<Target> Of(Results results)
    {
        foreach (Row plane in results.Rows.Where(r => r.Who == "plane"))
        {
            string at = $"{plane.Traffic} 1 -> {plane.Receivers}, {plane.Sink} sink";
            bool isBurst = plane.Traffic == "burst";
            if (isBurst)
            {
                foreach (Target target in Ratio(results, plane, Row.FloorSegment, 0.85, at))
                    yield return target;
                foreach (Target target in Ratio(results, plane, "multiudpsink", plane.Sink == "gro" ? 5 : 2, at))
                    yield return target;
            }
            else
            {
                foreach (Target target in Ratio(results, plane, Row.FloorSend, 0.85, at))
                    yield return target;
                foreach (Target target in Ratio(results, plane, "multiudpsink", 1, at))
                    yield return target;
                foreach (Target target in Ratio(results, plane, "rtpengine", 1.3, at))
                    yield return target;
            }

            double half = plane.Of(f => f.Half?.P99).Median;
            double ninety = plane.Of(f => f.Ninety?.P99).Median;
            double bytes = plane.Of(f => f.BytesPerPacket).Median;
            yield return new Target($"{at}: delay p99 at half load, us{OfSends(results, plane)}", half, "< 100", half < 100);
            yield return new Target($"{at}: delay p99 at 90%, us", ninety, "< 1000", ninety < 1000);
            yield return new Target($"{at}: bytes allocated per packet", bytes, "0", bytes <= Nothing);
            if (plane.Receivers >= SpreadRoom && results.Find("plane-2", plane.Receivers, plane.Traffic, plane.Sink) is { } two)
            {
                // A row of several loops tells what all of them carry while the busiest is busy for a second.
                double gain = Kpps(two) / Kpps(plane);
                yield return new Target($"{at}: two loops / one", gain, ">= 1.8", gain >= 1.8);
            }
        }

        foreach (Row node in results.Rows.Where(r => r is { Who: "node", Traffic: "burst", Sink: "gro", Receivers: 50 }))
        {
            string at = "burst 1 -> 50, gro sink";
            foreach (Target target in Ratio(results, node, Row.FloorSegment, 0.7, at))
                yield return target;
            double half = node.Of(f => f.Half?.P99).Median;
            yield return new Target($"{at}: a whole node's delay p99 at half load, us", half, "< 4000", half < 4000);
        }

        foreach (var group in results.Rows.Where(r => r.Who == "plane" && r.Receivers >= 10).GroupBy(r => (r.Traffic, r.Sink)))
        {
            Row[] rows = [.. group.OrderBy(r => r.Receivers)];
            if (rows.Length < 2)
                continue;
            double flat = Kpps(rows[^1]) / Kpps(rows[0]);
            yield return new Target(
                $"{group.Key.Traffic}, {group.Key.Sink} sink: packets per CPU second at {rows[^1].Receivers} receivers / at {rows[0].Receivers}{OfKernel(results, rows)}", flat, ">= 0.85 (flat)", flat >= 0.85);
        }
    }

    private static IEnumerable<Target> Ratio(Results results, Row row, string other, double wanted, string at)
    {
        if (results.Find(other, row.Receivers, row.Traffic, row.Sink) is not { } compared)
            yield break;
        double ratio = Kpps(row) / Kpps(compared);
        yield return new Target($"{at}: {row.Who} / {other}", ratio, FormattableString.Invariant($">= {wanted}"), ratio >= wanted);
    }

    private static string OfKernel(Results results, Row[] rows) =>
        FloorOf(results, rows[^1]) is { } most && FloorOf(results, rows[0]) is { } least ? FormattableString.Invariant($" (the kernel alone: {Kpps(most) / Kpps(least):F2})") : "";

    // The last of a packet's copies waits for all the others: what the kernel needs for those sends nobody can take from the delay.
    private static string OfSends(Results results, Row plane) =>
        FloorOf(results, plane) is { } floor
            ? FormattableString.Invariant($" (the kernel's sends alone: {0.99 * plane.Receivers * Traffic.Named(plane.Traffic).Count / Kpps(floor) * 1000:F0})")
            : "";

    private static Row? FloorOf(Results results, Row plane) =>
        results.Find(plane.Traffic == "burst" ? Row.FloorSegment : Row.FloorSend, plane.Receivers, plane.Traffic, plane.Sink);

    private static double Kpps(Row row) => row.Of(f => f.Kpps).Median;
}
