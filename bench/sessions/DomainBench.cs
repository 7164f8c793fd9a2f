using System.Diagnostics;
using System.Globalization;
using System.Text;
using Conference.Actors.Domains;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Bench.Sessions;

/// <summary>What many domains cost a node: its start, its memory, and a join.</summary>
/// <param name="domains">How many.</param>
/// <param name="print">What, how much, what it is to be, and whether it is.</param>
internal sealed class DomainBench(int domains, Action<string, string, string, bool?> print)
{
    private const int Joins = 2000;
    private const int Lookups = 5_000_000;

    public async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("conference-domains-").FullName;
        try
        {
            string[] settings = [$"Store:Path={Path.Combine(folder, "conference.db")}", BenchNode.AdminSetting];
            double before;
            using (var node = BenchNode.Start(settings))
            {
                await JoinAsync(node, "127.0.0.1");
                await Task.Delay(3000);
                before = node.ResidentKiB;
            }

            using (var node = BenchNode.Start(settings))
                await MakeAsync(node);

            long start = Stopwatch.GetTimestamp();
            using (var node = BenchNode.Start(settings))
            {
                await JoinAsync(node, DomainOf(domains - 1));
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                print($"start with {domains:N0} domains until a CONN in one is answered", $"{seconds:F2} s", "< 5 s", seconds < 5);
                await Task.Delay(3000);
                double more = (node.ResidentKiB - before) / 1024;
                print("memory of them", $"{more:F1} MiB", "< 100 MiB", more < 100);
                await CompareJoinsAsync(node);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Look();
    }

    private static string DomainOf(int number) => string.Create(CultureInfo.InvariantCulture, $"customer-{number}.example");

    private async Task MakeAsync(BenchNode node)
    {
        using var http = node.Api();
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, domains, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancel) =>
        {
            using var body = new StringContent("{}", Encoding.UTF8, "application/json");
            using var answer = await http.PutAsync(new Uri($"domains/{DomainOf(i)}", UriKind.Relative), body, cancel);
            answer.EnsureSuccessStatusCode();
        });
        print($"{domains:N0} domains made, 32 at once", $"{domains / Stopwatch.GetElapsedTime(start).TotalSeconds:N0}/s", "", null);
    }

    private static async Task JoinAsync(BenchNode node, string host)
    {
        using var client = await BenchClient.ConnectAsync(node.Port, 1);
        await client.AskAsync($"CONN video bench@{host}", "303 ");
    }

    /// <summary>By turns, so that whatever else the machine does is the same for both.</summary>
    private async Task CompareJoinsAsync(BenchNode node)
    {
        using var plain = await BenchClient.ConnectAsync(node.Port, 2);
        using var inDomain = await BenchClient.ConnectAsync(node.Port, 3);
        var (without, with) = (new List<double>(), new List<double>());
        for (int i = 0; i < Joins; i++)
        {
            without.Add(await CycleAsync(plain, "127.0.0.1"));
            with.Add(await CycleAsync(inDomain, DomainOf(domains / 2)));
        }

        without.Sort();
        with.Sort();
        double more = with[Joins / 2] - without[Joins / 2];
        print(
            $"CONN in one of them, and in the default domain, p50 of {Joins:N0}", $"{with[Joins / 2]:F3} ms, {without[Joins / 2]:F3} ms", "< 0.1 ms more", more < 0.1);
    }

    private static async Task<double> CycleAsync(BenchClient client, string host)
    {
        long start = Stopwatch.GetTimestamp();
        await client.AskAsync($"CONN video bench@{host}", "303 ");
        double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await client.AskAsync($"DCON video bench@{host}", "304 ");
        return took;
    }

    private void Look()
    {
        var table = new DomainTable(new ServedHosts([], []));
        for (int i = 0; i < domains; i++)
            table.Take(new DomainRecord(Domain.Parse(DomainOf(i)), DomainStanding.Open, DomainRules.None, 1));
        string[] hosts = [.. Enumerable.Range(0, domains).Select(DomainOf)];
        long start = Stopwatch.GetTimestamp();
        int found = 0;
        for (int i = 0; i < Lookups; i++)
            found += table.Find(hosts[i % domains]) is null ? 0 : 1;
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Lookups;
        print("a domain found by its host, of one thread", $"{nanoseconds:F0} ns", "< 0.1 ms", found == Lookups && nanoseconds < 100_000);
    }
}
