using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conference.Bench.Sessions;

/// <summary>What a customer notices of another one who asks for ten times what it may have: joins and media, by turns with the noise and without it.</summary>
/// <param name="seconds">How long each of the two is looked at, in all.</param>
/// <param name="print">What, how much, what it is to be, and whether it is.</param>
internal sealed class NoisyBench(int seconds, Action<string, string, string, bool?> print)
{
    private const string Quiet = "quiet.example", Noisy = "noisy.example";

    /// <summary>What the noisy one may have; it asks for ten times as much.</summary>
    private const int MaxSessions = 20, JoinsPerMinute = 600;

    private const int Times = 10;
    private const int Turn = 2;
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(2);

    private readonly Readings _without = new(), _with = new();
    private volatile bool _isNoisy;
    private long _refused;

    public async Task RunAsync()
    {
        using var node = BenchNode.Start(BenchNode.AdminSetting);
        using (var http = node.Api())
        {
            await PutAsync(http, Quiet, "{}");
            await PutAsync(http, Noisy, string.Create(CultureInfo.InvariantCulture, $$"""{"maxSessions":{{MaxSessions}},"joinsPerMinute":{{JoinsPerMinute}}}"""));
        }

        using var over = new CancellationTokenSource();
        var noise = Enumerable.Range(0, Times * MaxSessions).Select(i => NoiseAsync(node, i, over.Token)).ToArray();
        var media = MediaAsync(node, over.Token);
        await JoinsAsync(node);
        await over.CancelAsync();
        await Task.WhenAll([.. noise, media]);
        Compare($"join p99, with a neighbour at {Times} times its ceilings", r => r.Joins, 1.2);
        Compare("media delay p99, the same", r => r.Delays, 1.1);
        print("refused by its ceilings", $"{_refused:N0}", "> 0", _refused > 0);
    }

    private static async Task PutAsync(HttpClient http, string domain, string rules)
    {
        using var body = new StringContent(rules, Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri($"domains/{domain}", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
    }

    private Readings Now() => _isNoisy ? _with : _without;

    private async Task JoinsAsync(BenchNode node)
    {
        using var client = await BenchClient.ConnectAsync(node.Port, 1);
        // What is compiled first is no neighbour's fault.
        for (int i = 0; i < 500; i++)
            await CycleAsync(client);
        for (int turn = 0; turn < 2 * seconds / Turn; turn++)
        {
            _isNoisy = turn % 2 == 1;
            // Until all of them have noticed.
            await Task.Delay(500);
            for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalSeconds < Turn;)
                Now().Joins.Add(await CycleAsync(client));
        }
    }

    private static async Task<double> CycleAsync(BenchClient client)
    {
        long start = Stopwatch.GetTimestamp();
        await client.AskAsync($"CONN video joins@{Quiet}", "303 ");
        double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await client.AskAsync($"DCON video joins@{Quiet}", "304 ");
        return took;
    }

    /// <summary>One that wants in, again and again: together they ask for ten times the sessions and the joins a minute.</summary>
    private async Task NoiseAsync(BenchNode node, int number, CancellationToken over)
    {
        var pause = TimeSpan.FromMinutes(1) * MaxSessions / JoinsPerMinute;
        while (!over.IsCancellationRequested)
        {
            if (_isNoisy)
            {
                using var client = await BenchClient.ConnectAsync(node.Port, 1000 + number);
                await client.SendAsync($"CONN video noise-{number}@{Noisy}");
                if ((await client.ReadAsync()).StartsWith("503", StringComparison.Ordinal))
                    Interlocked.Increment(ref _refused);
                await Task.Delay(pause, CancellationToken.None);
            }
            else
                await Task.Delay(200, CancellationToken.None);
        }
    }

    private async Task MediaAsync(BenchNode node, CancellationToken over)
    {
        using var from = await BenchClient.ConnectAsync(node.Port, 2);
        using var to = await BenchClient.ConnectAsync(node.Port, 3);
        using var sender = await MemberAsync(from, 2);
        using var receiver = await MemberAsync(to, 3);
        byte[] packet = new byte[1000], received = new byte[2000];
        receiver.Send([0]);
        while (!over.IsCancellationRequested)
        {
            long sent = Stopwatch.GetTimestamp();
            sender.Send(packet);
            receiver.ReceiveTimeout = 1000;
            receiver.Receive(received);
            Now().Delays.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            await Task.Delay(_between, CancellationToken.None);
        }
    }

    private static async Task<Socket> MemberAsync(BenchClient client, int number)
    {
        await client.SendAsync($"CONN video media@{Quiet}");
        string reply = await client.ReadAsync();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse($"127.20.0.{1 + number}"), 0));
        socket.Connect(IPAddress.Loopback, int.Parse(reply[(reply.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        return socket;
    }

    private void Compare(string what, Func<Readings, List<double>> of, double most)
    {
        var (without, with) = (At99(of(_without)), At99(of(_with)));
        print(what, $"{with:F2} ms, without {without:F2} ms: {with / without:F2} times", $"< {most} times", with < most * without);
    }

    private static double At99(List<double> values)
    {
        values.Sort();
        return values[(int)(0.99 * (values.Count - 1))];
    }

    private sealed class Readings
    {
        /// <summary>Milliseconds.</summary>
        public List<double> Joins { get; } = [];

        public List<double> Delays { get; } = [];
    }
}
