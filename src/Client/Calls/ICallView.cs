using System.Globalization;

namespace Conference.Client.Calls;

/// <summary>Where a call shows itself. Called from one thread at a time.</summary>
public interface ICallView
{
    /// <summary>Something happened: one line, safe to print.</summary>
    void Tell(string line);

    /// <summary>Once a second, and when something changes: who is there and what comes of them.</summary>
    void Show(IReadOnlyList<CallRow> rows);
}

/// <summary>Only what happens.</summary>
public sealed class LinesView(TextWriter output) : ICallView
{
    public void Tell(string line) => output.WriteLine(line);

    public void Show(IReadOnlyList<CallRow> rows)
    {
        // Nobody looks on.
    }
}

/// <summary>A line per second and row, for logs and pipes.</summary>
public sealed class PlainView(TextWriter output, TimeProvider clock) : ICallView
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(0.9);

    private long? _shown;

    public void Tell(string line) => output.WriteLine(line);

    public void Show(IReadOnlyList<CallRow> rows)
    {
        if (_shown is { } last && clock.GetElapsedTime(last) < _second)
            return;
        _shown = clock.GetTimestamp();
        foreach (var row in rows)
            output.WriteLine(Line(row));
    }

    private static string Line(CallRow row)
    {
        string state = row.State switch { MemberState.Speaks => " speaks", MemberState.Muted => " muted", _ => "" };
        if (row.Service == CallRow.NoService)
            return $"{row.Name} -{state}";
        string quality = row.LossPercent is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" {row.LossPercent:0.00} % lost {row.JitterMilliseconds:0.0} ms jitter");
        return string.Create(CultureInfo.InvariantCulture, $"{row.Name} {row.Service} {row.KilobitsPerSecond:0} kbit/s {row.Packets} packets{quality}{state}");
    }
}
