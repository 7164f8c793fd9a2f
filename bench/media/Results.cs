using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Conference.Bench.Media;

/// <param name="OfferedKpps">Packets a second to be sent out, in thousands.</param>
/// <param name="P50">Microseconds from a packet's sending to its arrival at a receiver's socket, over all receivers.</param>
/// <param name="Loss">Part of them that did not arrive.</param>
internal sealed record Delay(double OfferedKpps, double P50, double P99, double P999, double Loss);

/// <summary>One contestant, one round.</summary>
/// <param name="Kpps">Thousands of packets sent per second of the process's CPU time; of its busiest loop's, where several carry them.</param>
/// <param name="Busy">CPU seconds used per second. Well below its number of loops, it was not offered enough or not let run, and the
/// figure is of somebody who waits and wakes.</param>
/// <param name="LoadBusy">CPU seconds per second that the sender and the sink have used.</param>
/// <param name="Read">Of the packets sent, the part the sink has read.</param>
/// <param name="BytesPerPacket">Managed bytes allocated per packet sent; null where there is no telling.</param>
internal sealed record Figures(
    double Kpps, double Busy, double LoadBusy, double Read, double? BytesPerPacket, Delay? Half = null, Delay? Ninety = null);

/// <summary>One contestant in one case, all its rounds.</summary>
internal sealed record Row(string Who, int Receivers, string Traffic, string Sink, List<Figures> Rounds)
{
    public const string FloorSend = "floor-send";
    public const string FloorSegment = "floor-segment";

    public Spread Of(Func<Figures, double?> figure) => Spread.Of(Rounds.Select(figure).OfType<double>());
}

/// <summary>Smallest, middle and largest of the rounds; NaN where there are none.</summary>
internal readonly record struct Spread(double Min, double Median, double Max) : IFormattable
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? new Spread(double.NaN, double.NaN, double.NaN) : new Spread(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }

    public string ToString(string? format, IFormatProvider? provider) => double.IsNaN(Median)
        ? "-"
        : string.Join('-', new[] { Min, Median, Max }.Select(v => v.ToString(format, provider)).Distinct());
}

/// <summary>Everything one run has measured.</summary>
/// <param name="Absent">Who could not be measured, and why.</param>
internal sealed record Results(string Machine, string Taken, Dictionary<string, string> Absent, List<Row> Rows)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Results Begin() => new(
        $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}",
        DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), [], []);

    public Row? Find(string who, int receivers, string traffic, string sink) =>
        Rows.Find(r => r.Who == who && r.Receivers == receivers && r.Traffic == traffic && r.Sink == sink);

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    public void Save(string file) => File.WriteAllText(file, ToJson());

    public static Results Load(string file) => JsonSerializer.Deserialize<Results>(File.ReadAllText(file), s_json)!;
}
