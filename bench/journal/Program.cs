using System.Diagnostics.Metrics;
using System.Globalization;
using Conference.Actors.Persistence;
using Conference.Bench.Journal;
using Conference.Node.Persistence;
using Conference.Node.Persistence.Postgres;
using Conference.Node.Persistence.Sqlite;
using Conference.Persistence.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

// What the journal costs over the bare database: dotnet run -c Release --project bench/journal [-- seconds-per-measurement [rounds [PostgreSQL writers]]]
const int entities = 64;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var time = TimeSpan.FromSeconds(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 3);
int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var postgresOptions = new StoreOptions();
if (args.Length > 2)
    postgresOptions = postgresOptions with { Writers = int.Parse(args[2], CultureInfo.InvariantCulture) };
string folder = Path.Combine(Path.GetTempPath(), $"conference-bench-{Guid.NewGuid():N}");
using var meter = new Meter("bench");

await using var server = new PostgresProcess();
await server.InitializeAsync();
try
{
    string path = Path.Combine(folder, "conference.db");
    await using (var store = await SqliteStore.OpenAsync(path, new StoreOptions(), meter, NullLoggerFactory.Instance))
    {
        string bare = Path.Combine(folder, "bare.db");
        await MeasureAsync("SQLite (WAL, synchronous=FULL)", store, (group, round) => BareLoops.Sqlite(bare, group, time, round), null);
    }
    string database = await server.CreateDatabaseAsync();
    await using (var store = await PostgresStore.OpenAsync(database, postgresOptions, meter, NullLoggerFactory.Instance))
    {
        await MeasureAsync(
            "PostgreSQL 15 (fsync on, synchronous_commit=on)", store,
            (group, round) => BareLoops.Postgres(database, group, time, round),
            (group, round) => BareLoops.PostgresArrays(database, group, time, round));
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task MeasureAsync(string title, IJournal store, Func<int, int, double> bare, Func<int, int, double>? arrays)
{
    Console.WriteLine($"{title}; {entities} entities, {Appends.PayloadBytes} B events, {rounds} rounds of {time.TotalSeconds:0.#} s");
    await Appends.RunAsync(store, entities, TimeSpan.FromSeconds(0.5), -1);
    bare(entities, -1);
    var (journal, loop, array, single) = (new List<AppendResult>(), new List<double>(), new List<double>(), new List<double>());
    for (int round = 0; round < rounds; round++)
    {
        journal.Add(await Appends.RunAsync(store, entities, time, round));
        int group = Math.Max(1, (int)Math.Round(journal[^1].Group));
        loop.Add(bare(group, round));
        if (arrays is not null)
            array.Add(arrays(group, round));
        single.Add(bare(1, round + 1000));
    }
    Row("journal, appends/s", "0", [.. journal.Select(j => j.PerSecond)]);
    Row("  committed together", "0.0", [.. journal.Select(j => j.Group)]);
    Row("  p50, ms", "0.00", [.. journal.Select(j => j.P50)]);
    Row("  p99, ms", "0.00", [.. journal.Select(j => j.P99)]);
    Row("bare loop, same groups, inserts/s", "0", [.. loop]);
    if (array.Count > 0)
        Row("bare loop, same groups as arrays, inserts/s", "0", [.. array]);
    Row("bare loop, one by one, inserts/s", "0", [.. single]);
    Row("journal / bare loop", "0.00", [.. journal.Zip(loop, (j, b) => j.PerSecond / b)], ">= 0.7");
    Row("journal / one by one", "0.0", [.. journal.Zip(single, (j, b) => j.PerSecond / b)], ">= 5");
    string user = title[..2].ToLowerInvariant();
    Row("recovery, 10,000 events, snapshot at 9,900, ms", "0.0", await Recovery.RunAsync(store, user + "a", 9_900, 15), "< 50");
    Row("recovery, 10,000 events, no snapshot, ms", "0.0", await Recovery.RunAsync(store, user + "b", 0, 15), "< 50");
    Console.WriteLine();
}

static void Row(string what, string format, double[] values, string target = "")
{
    Array.Sort(values);
    string Cell(double value) => value.ToString(format, CultureInfo.InvariantCulture).PadLeft(10);
    Console.WriteLine($"  {what,-50}{Cell(values[0])}{Cell(values[values.Length / 2])}{Cell(values[^1])}  {target}");
}
