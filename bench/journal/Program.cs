using System.Globalization;
using Conference.Bench.Journal;
using Conference.Node.Settings;
using Conference.Store.Tests.Support;

// dotnet run -c Release --project bench/journal [seconds per measurement]
// The journal as a node has it, on both databases: events per second that 64 entities store, how long recoveries take, what read models cost at rest.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var time = TimeSpan.FromSeconds(args is [var seconds, ..] ? double.Parse(seconds, CultureInfo.InvariantCulture) : 5);
string folder = Directory.CreateTempSubdirectory("conference-bench-").FullName;
await using var postgres = new PostgresProcess();
await postgres.InitializeAsync();
try
{
    await MeasureAsync(new StoreSettings(Path.Combine(folder, "conference.db"), null), target: 10_000);
    await MeasureAsync(new StoreSettings("", await postgres.CreateDatabaseAsync()), target: 5_500);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task MeasureAsync(StoreSettings settings, int target)
{
    await using (var node = await BenchNode.StartAsync(settings))
    {
        _ = await Appends.RunAsync(node, 64, TimeSpan.FromSeconds(2));
        var few = await Appends.RunAsync(node, 64, time);
        Say($"{few.PerSecond,8:N0} events/s by 64 entities, {(few.PerSecond >= target ? "as" : "NOT as")} wanted: >= {target:N0}; p50 {few.P50:0.0} ms, p99 {few.P99:0.0} ms");
        var many = await Appends.RunAsync(node, 500, time);
        Say($"{many.PerSecond,8:N0} events/s by 500 entities; p50 {many.P50:0.0} ms, p99 {many.P99:0.0} ms");
        await Recoveries.FillAsync(node);
    }

    await using (var node = await BenchNode.StartAsync(settings))
    {
        var recovered = await Recoveries.RunAsync(node);
        Say($"recovery of a snapshot and 50 events: first {recovered.First:0} ms, then p50 {recovered.P50:0.0} ms, p99 {recovered.P99:0.0} ms; {Recoveries.Entities} at once {recovered.All:0} ms");
    }

    double without, with;
    await using (var node = await BenchNode.StartAsync(settings))
        without = await Idle.RunAsync(time);
    await using (var node = await BenchNode.StartAsync(settings, withProjection: true))
    {
        var caughtUp = await node.CatchUpAsync();
        Say($"{caughtUp.PerSecond,8:N0} events/s by the projection, of {caughtUp.Events:N0}");
        with = await Idle.RunAsync(time);
    }

    Say($"{(with - without) * 100,8:0.0} % of a core for the projection at rest");

    void Say(string line) => Console.WriteLine($"{(settings.Postgres is null ? "SQLite" : "PostgreSQL"),-10} {line}");
}
