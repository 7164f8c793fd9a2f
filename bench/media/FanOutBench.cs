namespace Conference.Bench.Media;

/// <summary>One sender, N receivers: everybody in turns, case by case and round by round, beside the kernel's floor and with the same sink.</summary>
internal sealed class FanOutBench(BenchOptions options, NativeTools tools)
{
    private const int Attempts = 4;

    private readonly Measurement _measurement = new(options, tools);

    public Results Run()
    {
        Results results = Results.Begin();
        List<Contestant> contestants = [];
        foreach (Contestant contestant in options.Contestants)
        {
            if (contestant.Missing is { } why)
                results.Absent[contestant.Name] = why;
            else
                contestants.Add(contestant);
        }

        // The measured core never goes idle, since one that sleeps wakes up slow, and nobody else works on it.
        using Pinned spin = tools.Start(NativeTools.MeasuredCore, "spin");
        foreach (int receivers in options.Receivers)
        {
            foreach (Traffic traffic in options.Traffic)
            {
                foreach (string sink in options.Sinks)
                {
                    for (int round = 0; round < options.Rounds; round++)
                        Round(results, contestants, receivers, traffic, sink);
                }
            }
        }

        return results;
    }

    private void Round(Results results, List<Contestant> contestants, int receivers, Traffic traffic, string sink)
    {
        Figures send = _measurement.Floor("send", receivers, traffic, sink);
        Add(results, Row.FloorSend, receivers, traffic, sink, send);
        Figures segment = traffic.Count > 1 ? _measurement.Floor("segment", receivers, traffic, sink) : send;
        if (traffic.Count > 1)
            Add(results, Row.FloorSegment, receivers, traffic, sink, segment);
        foreach (Contestant contestant in contestants.Where(c => !results.Absent.ContainsKey(c.Name)))
        {
            try
            {
                double most = (contestant.Segments ? segment : send).Kpps * 1000 * contestant.Loops;
                if (MeasureWhatItBears(contestant, receivers, traffic, sink, most * contestant.Overload) is { } figures)
                    Add(results, contestant.Name, receivers, traffic, sink, figures);
                else
                    results.Absent[$"{contestant.Name}, {traffic.Name} 1 -> {receivers}, {sink} sink"] = "nothing came out";
            }
            catch (InvalidOperationException error)
            {
                results.Absent[contestant.Name] = error.Message;
                Console.Error.WriteLine($"{contestant.Name}: {error.Message}");
            }
        }
    }

    // Who is jammed by more than it can carry is asked for less, a few times.
    private Figures? MeasureWhatItBears(Contestant contestant, int receivers, Traffic traffic, string sink, double offered)
    {
        for (int attempt = 0; attempt < Attempts; attempt++, offered *= 0.7)
        {
            Figures figures = _measurement.Measure(contestant, receivers, traffic, sink, offered);
            if (figures is { Read: > 0, Half: null or { Loss: < 0.5 } })
                return figures;
        }

        return null;
    }

    internal static void Add(Results results, string who, int receivers, Traffic traffic, string sink, Figures figures)
    {
        Row? row = results.Find(who, receivers, traffic.Name, sink);
        if (row is null)
            results.Rows.Add(row = new Row(who, receivers, traffic.Name, sink, []));
        row.Rounds.Add(figures);
        Console.Error.WriteLine(ResultTable.Line(row with { Rounds = [figures] }));
    }
}
