using System.CommandLine;
using System.Globalization;
using System.Net;
using Conference.Client.Load;
using Conference.Protocol;
using Spectre.Console;

namespace Conference.Client.Commands;

/// <summary><c>qcvc load host</c></summary>
internal static class LoadCommand
{
    private static readonly LoadOptions _defaults = new(new QcvcAddress("", "localhost", QcvcAddress.DefaultPort));

    public static Command Create()
    {
        var address = Arguments.Address("host", "the server, or name@host to name the rooms name-0, name-1, ...");
        var port = Arguments.Port();
        var others = new Option<QcvcAddress[]>("--and")
        {
            Description = "a further node of the same cluster, and again for more: every room's members are dealt out to all of them",
            CustomParser = r => [.. r.Tokens.Select(t => Arguments.Parse(r, QcvcAddress.TryParse(t.Value, QcvcAddress.DefaultPort, false, out var node), node!, "is no server"))],
        };
        var follow = new Option<bool>("--follow") { Description = "go where a node sends its members (114 moving), and come back through another when it is gone" };
        var clients = Arguments.Whole("--clients", "clients that join", _defaults.Clients, 1, 1_000_000);
        var rooms = Arguments.Whole("--rooms", "rooms they are dealt out to", _defaults.Rooms, 1, 1_000_000);
        var senders = new Option<SenderCount>("--senders")
        {
            Description = "clients of each room that send: a number, or a share like 25%",
            DefaultValueFactory = _ => _defaults.Senders,
            CustomParser = r => Arguments.Parse(r, SenderCount.TryParse(r.Tokens[0].Value, out var count), count, "is neither a number nor a share"),
        };
        var size = Arguments.Whole("--size", "bytes of a packet", _defaults.Size, LoadPacket.MinSize, 65_000);
        var rate = Arguments.Number("--rate", "packets per second and sender", _defaults.Rate, 0.001, 10_000_000);
        var burst = Arguments.Whole("--burst", "packets sent at once", _defaults.Burst, 1, 1000);
        var seconds = Arguments.Number("--seconds", "how long they send", _defaults.Duration.TotalSeconds, 0.001, 10_000_000);
        var service = new Option<string>("--service") { Description = "what they connect", DefaultValueFactory = _ => _defaults.Service.ToString() };
        var from = new Option<IPAddress?>("--from")
        {
            Description = "client i uses this local address plus i (127.1.0.1: many clients on few server ports)",
            CustomParser = Arguments.ReadAddress,
        };
        var connectRate = Arguments.Number("--connect-rate", "joins begun per second, 0 for as fast as it goes", 0, 0, 10_000_000);
        var threads = Arguments.Whole("--threads", "threads that receive", _defaults.Threads, 1, 64);
        var gso = new Option<bool>("--gso") { Description = "send bursts whole (UDP_SEGMENT, Linux)" };
        var gro = new Option<bool>("--gro") { Description = "receive bursts whole (UDP_GRO, Linux)" };
        var json = Arguments.Json("the result");
        var command = new Command("load", "Many clients on generated RTP: joins, loss, duplicates, order and delay.")
        {
            address, port, others, follow, clients, rooms, senders, size, rate, burst, seconds, service, from, connectRate, threads, gso, gro, json,
        };
        command.SetAction((result, cancel) => QcvcCommandLine.GuardAsync(
            async () =>
            {
                if (!Service.TryParse(result.GetValue(service), out var wanted))
                    throw new UsageException("--service must be a service's name, like video");
                var options = new LoadOptions(Arguments.ReadAddress(result, address, port, needsName: false))
                {
                    OtherNodes = result.GetValue(others) ?? [],
                    Follows = result.GetValue(follow),
                    Clients = result.GetValue(clients),
                    Rooms = result.GetValue(rooms),
                    Senders = result.GetValue(senders),
                    Size = result.GetValue(size),
                    Rate = result.GetValue(rate),
                    Burst = result.GetValue(burst),
                    Duration = TimeSpan.FromSeconds(result.GetValue(seconds)),
                    Service = wanted,
                    From = result.GetValue(from),
                    ConnectRate = result.GetValue(connectRate),
                    Threads = result.GetValue(threads),
                    SegmentSends = result.GetValue(gso),
                    CoalesceReceives = result.GetValue(gro),
                };
                if (options.Check() is { Count: > 0 } wrong)
                    throw new UsageException(string.Join("; ", wrong));
                return await RunAsync(options, result.GetValue(json), cancel);
            },
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options, bool json, CancellationToken cancel)
    {
        var report = json || Console.IsOutputRedirected
            ? await LoadRunner.RunAsync(options, null, cancel)
            : await RunWithBarAsync(options, cancel);
        if (json)
            QcvcCommandLine.PrintJson(report);
        else
            Print(report);
        return report.IsClean ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static Task<LoadReport> RunWithBarAsync(LoadOptions options, CancellationToken cancel) => AnsiConsole.Progress().StartAsync(async bars =>
    {
        var joining = bars.AddTask("joining", maxValue: 1);
        var sending = bars.AddTask("sending", autoStart: false, maxValue: 1);
        var report = await LoadRunner.RunAsync(options, p => Show(p, joining, sending), cancel);
        (joining.Value, sending.Value) = (1, 1);
        return report;
    });

    private static void Show(LoadProgress progress, ProgressTask joining, ProgressTask sending)
    {
        if (progress.Phase == LoadPhase.Joining)
        {
            joining.Value = progress.Done;
            return;
        }

        joining.Value = 1;
        sending.StartTask();
        sending.Value = progress.Done;
        sending.Description = string.Create(CultureInfo.InvariantCulture, $"sending, {progress.Count:N0} received");
    }

    private static void Print(LoadReport r)
    {
        var lines = new FormattableString[]
        {
            $"joined     {r.Joined} of {r.Clients} in {r.Rooms} rooms, {r.JoinsPerSecond:0}/s",
            $"join       p50 {r.JoinP50Ms:0.0} ms, p99 {r.JoinP99Ms:0.0} ms",
            $"sent       {r.Sent} by {r.Senders} senders in {r.Seconds:0.00} s, {r.SentKpps:0.0} k/s, at most {r.SenderLagMs:0.0} ms late, {r.SendFailures} failed",
            $"delivered  {r.Delivered} of {r.Expected}, {r.DeliveredKpps:0.0} k/s",
            $"lost       {r.Lost} ({r.LossPercent:0.000} %), {r.KernelDrops} of them by this machine's receive buffers",
            $"duplicated {r.Duplicated}, reordered {r.Reordered}, misrouted {r.Misrouted}, damaged {r.Damaged}",
            $"delay      p50 {r.DelayP50Ms:0.000} ms, p99 {r.DelayP99Ms:0.000} ms, p99.9 {r.DelayP999Ms:0.000} ms, max {r.DelayMaxMs:0.000} ms",
            $"gap        p50 {r.GapP50Ms:0} ms, p99 {r.GapP99Ms:0} ms, max {r.GapMaxMs:0} ms; {r.Silent} silent at the end; {r.Moves} moves",
            $"sessions   {r.SessionsLost} lost; processor {r.CpuSeconds:0.00} s",
        };
        foreach (var line in lines)
            Console.Out.WriteLine(FormattableString.Invariant(line));
        foreach (var (why, count) in r.Errors)
            Console.Out.WriteLine($"error      {count} x {Printable.Of(why, 300)}");
    }
}
