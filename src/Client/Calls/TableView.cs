using System.Globalization;
using Spectre.Console;

namespace Conference.Client.Calls;

/// <summary>The live table of a terminal, what is said and what happens above it.</summary>
public sealed class TableView : ICallView
{
    private const int MaxRows = 40;

    private readonly LiveDisplayContext _live;
    private readonly IAnsiConsole _console;
    private readonly string _title;

    private TableView(IAnsiConsole console, LiveDisplayContext live, string title) => (_console, _live, _title) = (console, live, title);

    /// <summary>Keeps the display up for as long as <paramref name="call"/> runs.</summary>
    public static Task<CallReport> RunAsync(IAnsiConsole console, string title, Func<ICallView, Task<CallReport>> call) =>
        console.Live(new Text("")).AutoClear(false).StartAsync(live => call(new TableView(console, live, title)));

    public void Tell(string line) => _console.WriteLine(line);

    public void Show(IReadOnlyList<ReceivedStream> streams, IReadOnlyCollection<string> silentMembers)
    {
        _live.UpdateTarget(Build(streams, silentMembers));
        _live.Refresh();
    }

    private Table Build(IReadOnlyList<ReceivedStream> streams, IReadOnlyCollection<string> silentMembers)
    {
        var table = new Table().Title(Markup.Escape(_title)).RoundedBorder().AddColumns("member", "service", "codec");
        foreach (string column in (string[])["kbit/s", "packets", "loss %", "jitter ms"])
            table.AddColumn(column, c => c.RightAligned());
        var heard = streams.Where(s => !s.Gone).OrderBy(s => s.Member, StringComparer.Ordinal).ThenBy(s => s.Service, StringComparer.Ordinal);
        foreach (var s in heard.Take(MaxRows))
        {
            table.AddRow(
                new Text(s.Member), new Text(s.Service), new Text(s.Codec),
                Number(s.KilobitsPerSecond, "0"), Number(s.Packets, "0"), Number(s.LossPercent, "0.00"), Number(s.JitterMilliseconds, "0.0"));
        }

        foreach (string member in silentMembers.Take(MaxRows))
            table.AddRow(new Text(member), new Text("-"));
        return table;
    }

    private static Text Number(double value, string format) => new(value.ToString(format, CultureInfo.InvariantCulture));
}
