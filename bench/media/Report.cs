using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Conference.Bench.Media;

/// <param name="PacketsPerCpuSecond">Packets handed to the kernel per second of the process's CPU time.</param>
/// <param name="Busy">CPU seconds used per second: well below 1, the machine kept the process or its load from running, and the figure
/// is of a plane that waits and wakes for each packet.</param>
/// <param name="BytesPerPacket">Managed bytes allocated per packet sent.</param>
/// <param name="Delivered">Of those sent, the part the sink has read.</param>
internal readonly record struct Sample(double PacketsPerCpuSecond, double Busy, double BytesPerPacket, double Delivered);

internal readonly record struct Round(Sample Floor, Sample Plane)
{
    public double Ratio => Plane.PacketsPerCpuSecond / Floor.PacketsPerCpuSecond;
}

/// <summary>One case, all its rounds.</summary>
internal sealed record Row(int Receivers, int Size, int Burst, string Sink, IReadOnlyList<Round> Rounds)
{
    public const double RatioTarget = 0.85;

    // Zero, give or take what one question to the process may allocate more than another.
    public const double BytesTarget = 0.01;

    public Spread Floor => Spread.Of(Rounds.Select(r => r.Floor.PacketsPerCpuSecond / 1000));

    public Spread Plane => Spread.Of(Rounds.Select(r => r.Plane.PacketsPerCpuSecond / 1000));

    public Spread Ratio => Spread.Of(Rounds.Select(r => r.Ratio));

    public Spread Busy => Spread.Of(Rounds.Select(r => r.Plane.Busy));

    public Spread Bytes => Spread.Of(Rounds.Select(r => r.Plane.BytesPerPacket));

    public Spread Delivered => Spread.Of(Rounds.Select(r => r.Plane.Delivered));

    public bool Met => Ratio.Median >= RatioTarget && Bytes.Median <= BytesTarget;

    public string ToLine() => string.Create(CultureInfo.InvariantCulture,
        $"1 -> {Receivers,-4} {Burst,2} x {Size,4} B  {Sink,-5}  {Floor,-15:F0} {Plane,-15:F0} {Ratio,-16:F2} >= {RatioTarget:F2}   {Bytes.Median,6:F3} = 0   {Busy.Median,4:F2}  {Delivered.Median,6:P0}   {(Met ? "met" : "MISSED")}");
}

/// <summary>Smallest, middle and largest of the rounds.</summary>
internal readonly record struct Spread(double Min, double Median, double Max) : IFormattable
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Spread(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }

    public string ToString(string? format, IFormatProvider? provider) =>
        string.Join('-', new[] { Min, Median, Max }.Select(v => v.ToString(format, provider)));
}

internal sealed record Report(IReadOnlyList<Row> Rows)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string ToTable()
    {
        var table = new StringBuilder();
        table.AppendLine("Fan-out, thousands of packets per CPU second, min-median-max of the rounds.");
        table.AppendLine("Floor: one send() per packet on connected sockets, in C. Measured process on core 0, source and sink on core 1.");
        table.AppendLine();
        table.AppendLine("case                  sink   floor           plane           plane/floor      target    B/pkt target   busy  read by sink");
        foreach (Row row in Rows)
            table.AppendLine(row.ToLine());
        return table.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        Rows.Select(r => new
        {
            r.Receivers, r.Size, r.Burst, r.Sink,
            FloorKpps = r.Floor, PlaneKpps = r.Plane, r.Ratio, Row.RatioTarget, AllocatedBytesPerPacket = r.Bytes, r.Busy, r.Delivered, r.Met,
        }),
        s_json);
}
