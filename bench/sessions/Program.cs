// What TCP sessions cost a node: memory of an idle one, how fast clients come and go, and a scrape while many are members of rooms.
//
//   dotnet run -c Release --project bench/sessions [idle sessions, 10000] [seconds of cycles, 10]
//   dotnet run -c Release --project bench/sessions cycles [clients, 64] [seconds, 10]
//   dotnet run -c Release --project bench/sessions scrape [members, 5000]
//   dotnet run -c Release --project bench/sessions start
//   dotnet run -c Release --project bench/sessions domains [domains, 10000]
//   dotnet run -c Release --project bench/sessions noisy [seconds, 30]
//   dotnet run -c Release --project bench/sessions webhooks [seconds, 10]
using System.Diagnostics;
using System.Globalization;
using Conference.Bench.Sessions;
using Conference.Store.Tests.Support;

const int wantedCycles = 2000;

if (args is ["scrape", ..])
{
    await ScrapeAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5000);
    return;
}

if (args is ["domains", ..])
{
    await new DomainBench(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000, Print).RunAsync();
    return;
}

if (args is ["noisy", ..])
{
    await new NoisyBench(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 30, Print).RunAsync();
    return;
}

if (args is ["webhooks", ..])
{
    var bench = new WebhookBench(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10, Print);
    await bench.RunAsync("SQLite");
    await using var database = new PostgresProcess();
    await database.InitializeAsync();
    await bench.RunAsync("PostgreSQL", $"Store:Postgres={await database.CreateDatabaseAsync()}");
    return;
}

if (args is ["start"])
{
    await StartAsync();
    return;
}

if (args is ["cycles", ..])
{
    await BothStoresAsync(
        [args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 64], args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10);
    return;
}

int sessions = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
int seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10;

await StartAsync();
await IdleAsync();
await BothStoresAsync([1, 16, 64], seconds);

async Task StartAsync()
{
    var took = new List<double>();
    for (int i = 0; i < 3; i++)
    {
        long start = Stopwatch.GetTimestamp();
        using var node = BenchNode.Start();
        var open = await OpenAsync(node, 1, close: false);
        await open[0].AskAsync("CONN video bench@127.0.0.1", "303 ");
        took.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        open[0].Dispose();
    }

    took.Sort();
    Print("start of a node until it answers its first CONN, median of 3", $"{took[1]:F2} s", "< 2.5 s", took[1] < 2.5);
}

async Task IdleAsync()
{
    using var node = BenchNode.Start();
    // A few come and go first, so that what the node loads once is not counted as a session's.
    await OpenAsync(node, 200, close: true);
    await Task.Delay(2000);
    double before = node.ResidentKiB;
    var open = await OpenAsync(node, sessions, close: false);
    await Task.Delay(3000);
    double each = (node.ResidentKiB - before) / sessions;
    Print($"memory of an idle session, {sessions:N0} of them", $"{each:F1} KiB", "<= 16 KiB", each <= 16);
    foreach (var client in open)
        client.Dispose();
}

async Task ScrapeAsync(int members)
{
    const int membersOfARoom = 10;
    const int scrapes = 50;
    using var node = BenchNode.Start();
    var open = await OpenAsync(node, members, close: false);
    for (int i = 0; i < members; i++)
        await open[i].AskAsync($"CONN video bench-{i / membersOfARoom}@127.0.0.1", "303 ");
    using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{node.HttpPort}/") };
    var milliseconds = new List<double>();
    int bytes = 0;
    for (int i = 0; i < scrapes; i++)
    {
        long start = Stopwatch.GetTimestamp();
        bytes = (await http.GetByteArrayAsync(new Uri("metrics", UriKind.Relative))).Length;
        // The first compiles what the others run.
        if (i > 0)
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    milliseconds.Sort();
    double slowest = milliseconds[^1];
    Print(
        $"scrape, {members:N0} members in {members / membersOfARoom:N0} rooms", $"p50 {At(milliseconds, 0.5):F1} ms, slowest of {milliseconds.Count} {slowest:F1} ms",
        "< 50 ms", slowest < 50);
    Print("its size", $"{bytes / 1024.0:F1} KiB", "< 300 KiB", bytes < 300 * 1024);
    foreach (var client in open)
        client.Dispose();
}

async Task<List<BenchClient>> OpenAsync(BenchNode node, int count, bool close)
{
    var open = new List<BenchClient>();
    for (int i = 0; i < count; i++)
        open.Add(await BenchClient.ConnectAsync(node.Port, i));
    if (close)
        open.ForEach(c => c.Dispose());
    return open;
}

async Task BothStoresAsync(int[] clients, int time)
{
    foreach (int count in clients)
        await CyclesAsync("SQLite", count, time);
    await using var postgres = new PostgresProcess();
    await postgres.InitializeAsync();
    foreach (int count in clients)
        await CyclesAsync("PostgreSQL", count, time, $"Store:Postgres={await postgres.CreateDatabaseAsync()}");
}

async Task CyclesAsync(string store, int count, int time, params string[] settings)
{
    using var node = BenchNode.Start(settings);
    await RunAsync(node, count, 3);
    double cpu = node.CpuSeconds;
    var (cycles, latencies) = await RunAsync(node, count, time);
    cpu = node.CpuSeconds - cpu;
    latencies.Sort();
    double perSecond = cycles / (double)time;
    bool hasTarget = count >= 64;
    Print(
        $"HELO+CONN+DCON, {count} clients, {store}",
        $"{perSecond:N0}/s, {cycles / cpu:N0} per CPU second, p50 {At(latencies, 0.5):F1} ms, p99 {At(latencies, 0.99):F1} ms",
        hasTarget ? $">= {wantedCycles:N0}/s" : "",
        hasTarget ? perSecond >= wantedCycles : null);
}

async Task<(long Cycles, List<double> Milliseconds)> RunAsync(BenchNode node, int count, int runFor)
{
    var clock = Stopwatch.StartNew();
    var runs = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(async () =>
    {
        var latencies = new List<double>();
        using var client = await BenchClient.ConnectAsync(node.Port, i);
        while (clock.Elapsed.TotalSeconds < runFor)
        {
            long start = Stopwatch.GetTimestamp();
            await client.AskAsync($"HELO bench-{i}@127.0.0.1", "201 ");
            await client.AskAsync($"CONN video bench-{i}@127.0.0.1", "303 ");
            await client.AskAsync($"DCON video bench-{i}@127.0.0.1", "304 ");
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return latencies;
    })));
    return (runs.Sum(r => (long)r.Count), [.. runs.SelectMany(r => r)]);
}

static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

static void Print(string what, string value, string target, bool? met) =>
    Console.WriteLine($"{what,-52} {value,-64} {target,-12} {(met is null ? "" : met.Value ? "met" : "MISSED")}");
