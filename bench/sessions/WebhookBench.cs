using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conference.Bench.Sessions;

/// <summary>How many events a second a node tells one webhook, from members that come and go to a receiver that answers at once.</summary>
/// <param name="seconds">How long they do.</param>
/// <param name="print">What, how much, what it is to be, and whether it is.</param>
internal sealed class WebhookBench(int seconds, Action<string, string, string, bool?> print)
{
    private const int Clients = 64;
    private const int EventsOfCycle = 4;
    private const int Target = 1000;

    private long _received;

    /// <param name="store">Its name.</param>
    /// <param name="settings">Of the node.</param>
    public async Task RunAsync(string store, params string[] settings)
    {
        _received = 0;
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var receiver = ReceiveAsync(listener, stop.Token);
        using var node = BenchNode.Start([BenchNode.AdminSetting, "Webhooks:AllowPrivate=true", .. settings]);
        await PutAsync(node, ((IPEndPoint)listener.LocalEndpoint).Port);
        await LoadAsync(node, 1);
        await IsQuietAsync();

        long before = Interlocked.Read(ref _received);
        double cpu = node.CpuSeconds;
        long start = Stopwatch.GetTimestamp();
        long events = EventsOfCycle * await LoadAsync(node, seconds);
        // What is left then has the node for itself.
        long left = events - (Interlocked.Read(ref _received) - before);
        double since = Stopwatch.GetElapsedTime(start).TotalSeconds;
        while (Interlocked.Read(ref _received) - before < events)
            await Task.Delay(10);
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = node.CpuSeconds - cpu;
        double rate = events / took;
        print(
            $"events told to one webhook, {Clients} members that come and go for {seconds} s, {store}",
            $"{rate:N0}/s, the last {left:N0} in {took - since:F1} s after them, {1000 * cpu / events:F2} ms of CPU each with its join", $">= {Target:N0}/s", rate >= Target);
        await stop.CancelAsync();
        listener.Stop();
        await receiver;
    }

    private static async Task PutAsync(BenchNode node, int port)
    {
        using var http = node.Api();
        using var body = new StringContent(
            $$"""{"url":"http://127.0.0.1:{{port}}/","kinds":["room.opened","room.closed","member.joined","member.left"]}""", Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri("webhooks/bench", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
    }

    /// <returns>How many joined and left.</returns>
    private static async Task<long> LoadAsync(BenchNode node, int time)
    {
        long cycles = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
        {
            using var client = await BenchClient.ConnectAsync(node.Port, i);
            string room = string.Create(CultureInfo.InvariantCulture, $"room-{i}@127.0.0.1");
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < time)
            {
                await client.AskAsync($"CONN video {room}", "303 ");
                await client.AskAsync($"DCON video {room}", "304 ");
                Interlocked.Increment(ref cycles);
            }
        }));
        return cycles;
    }

    private async Task IsQuietAsync()
    {
        for (long last = -1; last != Interlocked.Read(ref _received); await Task.Delay(1000))
            last = Interlocked.Read(ref _received);
    }

    private async Task ReceiveAsync(TcpListener listener, CancellationToken cancel)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync(cancel), cancel));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken cancel)
    {
        byte[] answer = "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray();
        byte[] buffer = new byte[16 * 1024];
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                for (int end = 0; ;)
                {
                    int read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
                    if (read == 0)
                        return;
                    end += read;
                    // One request at a time on a connection: it is whole when its body is.
                    if (!IsWhole(buffer.AsSpan(0, end)))
                        continue;
                    end = 0;
                    Interlocked.Increment(ref _received);
                    await stream.WriteAsync(answer, cancel);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Over.
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        var length = "Content-Length: "u8;
        int headers = request.IndexOf("\r\n\r\n"u8), at = request.IndexOf(length);
        if (headers < 0 || at < 0)
            return false;
        var digits = request[(at + length.Length)..];
        int body = int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
        return request.Length >= headers + 4 + body;
    }
}
