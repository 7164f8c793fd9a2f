// What people notice who join by the page, in Debian's Chromium on this machine: how long it takes, what losses do, and a room of all kinds over two nodes.
//
//   dotnet build -c Release src/Node src/Client bench/web
//   bench/web/bin/Release/net10.0/Conference.Bench.Web [join [times, 30]] [loss [seconds, 60]] [rooms [seconds, 60]]     # without a word all three
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Conference.Bench.Cluster;
using Conference.Bench.Web;
using Conference.EndToEnd.Tests.Support;

const int webPort = 11443;

using var playwright = await Playwright.CreateAsync();
await using var browser = await Debian.LaunchAsync(playwright);
Console.WriteLine($"load of the machine (1, 5, 15 minutes): {File.ReadAllText("/proc/loadavg").Trim()}; {Environment.ProcessorCount} cores");
int number = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 0;
if (args is [] or ["join", ..])
    await JoinAsync(number > 0 ? number : 30);
if (args is [] or ["loss", ..])
    await LossAsync(number > 0 ? number : 60);
if (args is [] or ["rooms", ..])
    await RoomsAsync(number > 0 ? number : 60);

async Task JoinAsync(int times)
{
    await using var alone = await LocalCluster.StartAloneAsync();
    string address = alone.Nodes[0].Address;
    await using var there = await Tab.OpenAsync(browser, address, "red", "bench?name=red");
    await there.JoinAsync();
    List<double[]> all = [];
    for (int i = -1; i < times; i++)
    {
        await using var tab = await Tab.OpenAsync(browser, address, "blue", string.Create(CultureInfo.InvariantCulture, $"bench?name=blue-{i + 1}"));
        double[] took = await tab.JoinAndSeeAsync();
        // The first one is what the node and the browser do once.
        if (i >= 0)
            all.Add(took);
    }

    foreach (var (what, place) in new[] { ("in the room", 0), ("connected", 1) })
        Print($"Join pressed to {what}, p50 and p99 of {times}", $"{At(all, place, 0.5):F0} and {At(all, place, 0.99):F0} ms", "", null);
    double p50 = At(all, 2, 0.5), p99 = At(all, 2, 0.99);
    Print($"Join pressed to the first frame of another, p50 of {times}", $"{p50:F0} ms", "< 1,500 ms", p50 < 1500);
    Print($"the same, p99", $"{p99:F0} ms", "< 3,000 ms", p99 < 3000);
}

async Task LossAsync(int seconds)
{
    await using var alone = await LocalCluster.StartAloneAsync();
    string address = alone.Nodes[0].Address;
    using var relay = new UdpRelay(new IPEndPoint(IPAddress.Parse(address), webPort), loss: 0.05, seed: 5);
    string way = TabScripts.Through(relay);
    await using var red = await Tab.OpenAsync(browser, address, "red", "lossy?name=red", way, TabScripts.Busy);
    await using var blue = await Tab.OpenAsync(browser, address, "blue", "lossy?name=blue", way, TabScripts.Busy);
    await red.JoinAsync();
    await blue.JoinAsync();
    await Task.WhenAll(red.SeesAsync(1), blue.SeesAsync(1));
    foreach (var (name, before, after) in await PlayAsync([("red", red), ("blue", blue)], seconds))
    {
        double lost = (after.Lost - before.Lost) / (double)(after.Lost - before.Lost + after.Received - before.Received);
        double frozen = (after.Frozen - before.Frozen) / (after.At - before.At);
        Print(
            $"5% lost both ways for {seconds} s, what {name} sees stands still",
            $"{frozen:P2} of the time ({(after.Frames - before.Frames) / (after.At - before.At):F1} frames/s, {lost:P1} lost before repair)", "< 2 %", frozen < 0.02);
    }
}

async Task RoomsAsync(int seconds)
{
    await using var cluster = await LocalCluster.StartAsync(2);
    string[] addresses = [.. cluster.Nodes.Select(n => n.Address)];
    Process[] calls = [.. addresses.Select((address, i) => Call($"everybody@{address}", $"call-{i}", seconds + 120))];
    await using var red = await Tab.OpenAsync(browser, addresses[0], "red", "everybody?name=red");
    await using var blue = await Tab.OpenAsync(browser, addresses[1], "blue", "everybody?name=blue");
    await red.JoinAsync();
    await blue.JoinAsync();
    await Task.WhenAll(red.SeesAsync(3), blue.SeesAsync(3));
    foreach (var (name, before, after) in await PlayAsync([("red", red), ("blue", blue)], seconds))
    {
        int freezes = after.Freezes - before.Freezes;
        Print(
            $"two tabs and two calls over two nodes, {seconds} s: {name}",
            $"{after.Pictures} pictures, {after.Voices} voices, {(after.Frames - before.Frames) / (after.At - before.At) / 3:F1} frames/s each, {freezes} freezes, {after.Frozen - before.Frozen:F1} s",
            "3, 3, 0", after is { Pictures: 3, Voices: 3 } && freezes == 0 && after.Loudness > before.Loudness);
    }

    foreach (var call in calls)
    {
        LocalCluster.Signal(call, 15);
        JsonElement[] received = [.. JsonDocument.Parse(await call.StandardOutput.ReadToEndAsync()).RootElement.GetProperty("received").EnumerateArray()];
        await call.WaitForExitAsync();
        int Of(string service) => received.Count(r => r.GetProperty("service").GetString() == service && r.GetProperty("packets").GetInt64() > 20);
        double worst = received.Max(r => r.GetProperty("lossPercent").GetDouble());
        Print("the same, a call", $"{Of("video")} pictures, {Of("audio")} voices, {worst:F2} % lost of the worst", "3, 3", Of("video") == 3 && Of("audio") == 3);
    }
}

static async Task<List<(string Name, Played Before, Played After)>> PlayAsync((string Name, Tab Tab)[] tabs, int seconds)
{
    // What comes at first is not what a call is like.
    await Task.Delay(TimeSpan.FromSeconds(5));
    Played[] before = await Task.WhenAll(tabs.Select(t => t.Tab.PlayedAsync()));
    await Task.Delay(TimeSpan.FromSeconds(seconds));
    Played[] after = await Task.WhenAll(tabs.Select(t => t.Tab.PlayedAsync()));
    return [.. tabs.Select((t, i) => (t.Name, before[i], after[i]))];
}

static Process Call(string room, string name, int seconds)
{
    string client = Path.Combine(LocalCluster.Repository, "src", "Client", "bin", "Release", "net10.0", "qcvc.dll");
    var call = Process.Start(new ProcessStartInfo(
        "dotnet", [client, "call", room, "--name", name, "--pattern", "color", "--color", "green", "--seconds", seconds.ToString(CultureInfo.InvariantCulture), "--json"])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
    call.BeginErrorReadLine();
    return call;
}

static double At(List<double[]> all, int place, double share) => all.Select(a => a[place]).Order().ElementAt((int)Math.Round(share * (all.Count - 1)));

static void Print(string what, string value, string target, bool? met) =>
    Console.WriteLine($"{what,-62} {value,-78} {target,-11} {(met is null ? "" : met.Value ? "met" : "MISSED")}");
