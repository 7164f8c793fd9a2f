using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>What to measure, and for how long.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        usage: Conference.Bench.Media [--quick] [--receivers 10,50,100,500] [--rounds 3] [--seconds 2] [--sinks gro,plain]
                                      [--only plane,plane-off,plane-2,node,multiudpsink,rtpengine] [--traffic single,burst] [--out FILE] [--json]
               Conference.Bench.Media trunk [--quick] [--rounds 3] [--seconds 2] [--sinks gro,plain] [--traffic single,burst] [--out FILE] [--json]
               Conference.Bench.Media web [--quick] [--rounds 3] [--seconds 2] [--sinks gro,plain] [--traffic single,burst] [--out FILE] [--json]
               Conference.Bench.Media browsers
               Conference.Bench.Media report FILE PAGE.md
        """;

    public int[] Receivers { get; init; } = [10, 50, 100, 500];

    public int Rounds { get; private init; } = 3;

    /// <summary>Of each figure.</summary>
    public double Seconds { get; private init; } = 2;

    public string[] Sinks { get; private init; } = ["gro", "plain"];

    /// <summary>Who is measured beside the floor.</summary>
    public IReadOnlyList<Contestant> Contestants { get; init; } = Contestant.All;

    public bool Json { get; private init; }

    /// <summary>Where the results go for <c>report</c>.</summary>
    public string? Output { get; private init; }

    public Traffic[] Traffic { get; private init; } = [Media.Traffic.Single, Media.Traffic.Burst];

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
                    "--quick" => options with { Receivers = [100], Rounds = 1, Seconds = 0.5 },
                    "--receivers" => options with { Receivers = [.. rest.Dequeue().Split(',').Select(Whole)] },
                    "--rounds" => options with { Rounds = Whole(rest.Dequeue()) },
                    "--seconds" => options with { Seconds = double.Parse(rest.Dequeue(), CultureInfo.InvariantCulture) },
                    "--sinks" => options with { Sinks = rest.Dequeue().Split(',') },
                    "--only" => options with { Contestants = [.. rest.Dequeue().Split(',').Select(Named)] },
                    "--traffic" => options with { Traffic = [.. rest.Dequeue().Split(',').Select(Media.Traffic.Named)] },
                    "--out" => options with { Output = rest.Dequeue() },
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

    private static Contestant Named(string name) => Contestant.All.FirstOrDefault(c => c.Name == name) ?? throw new FormatException(name);

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <param name="Size">Bytes per packet.</param>
/// <param name="Count">Packets per burst.</param>
internal sealed record Traffic(string Name, int Size, int Count)
{
    public static Traffic Single { get; } = new("single", 160, 1);

    public static Traffic Burst { get; } = new("burst", 1200, 10);

    public static Traffic Named(string name) => name == Single.Name ? Single : Burst;
}
