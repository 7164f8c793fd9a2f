using System.Globalization;

namespace Conference.Client.Calls;

/// <summary>Where a call shows itself. Called from one thread at a time.</summary>
public interface ICallView
{
    /// <summary>Something happened: one line, safe to print.</summary>
    void Tell(string line);

    /// <summary>Once a second: who is heard, and the members that are not.</summary>
    void Show(IReadOnlyList<ReceivedStream> streams, IReadOnlyCollection<string> silentMembers);
}

/// <summary>A line per second and member, for logs and pipes.</summary>
public sealed class PlainView(TextWriter output) : ICallView
{
    public void Tell(string line) => output.WriteLine(line);

    public void Show(IReadOnlyList<ReceivedStream> streams, IReadOnlyCollection<string> silentMembers)
    {
        foreach (var s in streams.Where(s => !s.Gone))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{s.Member} {s.Service} {s.KilobitsPerSecond:0} kbit/s {s.Packets} packets "
                + $"{s.LossPercent:0.00} % lost {s.JitterMilliseconds:0.0} ms jitter"));
        }

        foreach (string member in silentMembers)
            output.WriteLine($"{member} -");
    }
}
