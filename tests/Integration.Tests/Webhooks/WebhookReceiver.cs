using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Conference.Integration.Tests.Webhooks;

/// <summary>A customer's service: keeps what it is sent and answers as it is told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "a-secret-of-sixteen";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ReceivedEvent> _received = [];
    private readonly Task _run;

    public WebhookReceiver()
    {
        Port = FreePorts.Take();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _run = RunAsync();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/hook";

    /// <summary>What it answers: 0 is nothing at all.</summary>
    public Func<ReceivedEvent, int> Answer { get; set; } = _ => 204;

    /// <summary>All it was sent, repeats too, in the order it came.</summary>
    public ReceivedEvent[] Received => [.. _received];

    /// <summary>Each once, where it came first.</summary>
    public ReceivedEvent[] Taken => [.. _received.Where(e => e.Status == 204).DistinctBy(e => e.Id)];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _run;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            string body = await reader.ReadToEndAsync();
            string time = context.Request.Headers["Conference-Time"] ?? "";
            string signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{time}.{body}")));
            var happened = JsonDocument.Parse(body).RootElement;
            var received = new ReceivedEvent(
                happened.GetProperty("id").GetString()!, happened.GetProperty("kind").GetString()!, happened.GetProperty("room").GetString()!,
                happened.GetProperty("number").GetInt64(), happened.GetProperty("member").GetString(), happened.GetProperty("call").GetString(),
                context.Request.Headers["Conference-Signature"] == signature && context.Request.Headers["Conference-Event"] == happened.GetProperty("id").GetString());
            int status = Answer(received);
            _received.Enqueue(received with { Status = status });
            if (status == 0)
                return;
            context.Response.StatusCode = status;
            if (status == 302)
                context.Response.RedirectLocation = Url;
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The node was killed.
        }
    }
}

internal sealed record ReceivedEvent(string Id, string Kind, string Room, long Number, string? Member, string? Call, bool IsSigned)
{
    public int Status { get; init; }
}
