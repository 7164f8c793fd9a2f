using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>What to measure, and for how long.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        "usage: Conference.Bench.Media [--receivers 10,50,100,500] [--rounds 3] [--seconds 2] [--sinks gro,plain] [--json]";

    public int[] Receivers { get; private init; } = [10, 50, 100, 500];

    public int Rounds { get; private init; } = 3;

    public double Seconds { get; private init; } = 2;

    public string[] Sinks { get; private init; } = ["gro", "plain"];

    public bool Json { get; private init; }

    /// <summary>Bytes per packet and packets per burst.</summary>
    public IReadOnlyList<(int Size, int Burst)> Traffic { get; } = [(160, 1), (1200, 1), (1200, 10)];

    public static BenchOptions? Parse(IEnumerable<string> args)
    {
        var options = new BenchOptions();
        var rest = new Queue<string>(args);
        try
        {
            while (rest.TryDequeue(out string? name))
            {
                options = name switch
                {
                    "--json" => options with { Json = true },
                    "--receivers" => options with { Receivers = [.. rest.Dequeue().Split(',').Select(Whole)] },
                    "--rounds" => options with { Rounds = Whole(rest.Dequeue()) },
                    "--seconds" => options with { Seconds = double.Parse(rest.Dequeue(), CultureInfo.InvariantCulture) },
                    "--sinks" => options with { Sinks = rest.Dequeue().Split(',') },
                    _ => throw new FormatException(name),
                };
            }
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            return null;
        }

        return options;
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
