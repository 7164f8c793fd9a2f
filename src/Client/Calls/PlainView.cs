using System.Globalization;

namespace Conference.Client.Calls;

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
