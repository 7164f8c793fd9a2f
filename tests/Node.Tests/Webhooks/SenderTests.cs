using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Node.Webhooks;

namespace Conference.Node.Tests.Webhooks;

/// <summary>One sending, to receivers of every kind.</summary>
public sealed class SenderTests
{
    private const string Secret = "a secret of some length", Body = """{"kind":"room.opened"}""", Id = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, null)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, null)]
    [InlineData("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", 500, "answered 500")]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", 404, "answered 404")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", 302, "answered 302: redirects are not followed")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", null, "no answer that is HTTP")]
    [InlineData("", null, "no answer that is HTTP")]
    public async Task Only_2xx_is_success(string answer, int? status, string? reason)
    {
        await using var receiver = new Receiver(async (stream, cancel) => await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancel));
        Assert.Equal(new Attempt(status, reason), await SendAsync(receiver.Url));
    }

    [Fact]
    public async Task What_is_sent_is_signed_with_its_time()
    {
        await using var receiver = new Receiver(async (stream, cancel) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel));
        await SendAsync(receiver.Url + "hook?key=1");
        string[] lines = (await receiver.Request).Split("\r\n");
        Assert.Equal("POST /hook?key=1 HTTP/1.1", lines[0]);
        string time = Header("Conference-Time");
        Assert.Equal(Id, Header("Conference-Event"));
        Assert.Equal("application/json", Header("Content-Type"));
        Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{time}.{Body}"))), Header("Conference-Signature"));
        Assert.Equal(Body, lines[^1]);
        Assert.DoesNotContain(lines, l => l.StartsWith("traceparent", StringComparison.OrdinalIgnoreCase));

        string Header(string name) => lines.Single(l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];
    }

    [Fact]
    public async Task A_receiver_that_says_nothing_is_given_up()
    {
        await using var receiver = new Receiver((_, cancel) => Task.Delay(Timeout.Infinite, cancel));
        Assert.Equal(new Attempt(null, "no answer within 1 s"), await SendAsync(receiver.Url));
    }

    [Fact]
    public async Task A_body_without_end_is_not_read()
    {
        long sent = 0;
        var closed = new TaskCompletionSource();
        await using var receiver = new Receiver(async (stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancel);
            byte[] chunk = Encoding.ASCII.GetBytes("1000\r\n" + new string('x', 4096) + "\r\n");
            try
            {
                for (; ; sent += chunk.Length)
                    await stream.WriteAsync(chunk, cancel);
            }
            catch (IOException)
            {
                closed.TrySetResult();
            }
        });
        Assert.Equal(new Attempt(200, null), await SendAsync(receiver.Url));
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        // What lies in the sockets' buffers was never read.
        Assert.True(sent < 16 << 20, $"{sent} bytes");
    }

    [Fact]
    public async Task Headers_without_end_are_not_read()
    {
        await using var receiver = new Receiver(async (stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancel);
            for (int i = 0; i < 1000; i++)
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: {new string('x', 100)}\r\n"), cancel);
        });
        Assert.Null((await SendAsync(receiver.Url)).Status);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var receiver = new Receiver(async (stream, cancel) =>
        {
            await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancel);
            await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
        }) { ReadsFirst = false };
        Assert.Equal(new Attempt(null, "its certificate is not good, or it speaks no TLS"), await SendAsync(receiver.Url.Replace("http://127.0.0.1", "https://localhost", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nobody_there_is_no_connection()
    {
        string url;
        await using (var receiver = new Receiver((_, _) => Task.CompletedTask))
            url = receiver.Url;
        Assert.Equal(new Attempt(null, "no connection"), await SendAsync(url));
        Assert.Equal(new Attempt(null, "its name is not known"), await SendAsync("http://no-such-name.invalid/"));
    }

    [Fact]
    public async Task A_name_that_leads_to_an_address_that_is_not_public_when_it_is_connected_to_leads_nowhere()
    {
        await using var receiver = new Receiver((_, _) => Task.CompletedTask);
        foreach (string host in (string[])["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
        {
            var attempt = await SendAsync(receiver.Url.Replace("127.0.0.1", host, StringComparison.Ordinal), allowPrivate: false);
            Assert.Equal(new Attempt(null, "its name leads to an address that is not public"), attempt);
        }

        Assert.False(receiver.Request.IsCompleted);
    }

    [Fact]
    public void Pauses_double_up_to_an_hour_and_are_not_all_alike()
    {
        Assert.Equal([1, 2, 4, 8], Enumerable.Range(1, 4).Select(n => WebhookDeliverer.PauseAfter(n, 1).TotalSeconds));
        Assert.Equal([0.5, 1, 2], Enumerable.Range(1, 3).Select(n => WebhookDeliverer.PauseAfter(n, 0).TotalSeconds));
        Assert.Equal(TimeSpan.FromHours(1), WebhookDeliverer.PauseAfter(1000, 1));
    }

    private static async Task<Attempt> SendAsync(string url, bool allowPrivate = true)
    {
        using var sender = new WebhookSender(allowPrivate, TimeProvider.System, url.Contains("https", StringComparison.Ordinal) ? null : TimeSpan.FromSeconds(1));
        return await sender.SendAsync(url, Secret, Id, Body, TestContext.Current.CancellationToken);
    }

    /// <summary>Takes connections, reads a request from each, and does as it was told.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource<string> _request = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task _run;

        public Receiver(Func<Stream, CancellationToken, Task> answer)
        {
            _listener.Start();
            _run = RunAsync(answer);
        }

        public bool ReadsFirst { get; init; } = true;

        public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

        public Task<string> Request => _request.Task;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Stop();
            await _run;
            _stop.Dispose();
        }

        private async Task RunAsync(Func<Stream, CancellationToken, Task> answer)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    var stream = client.GetStream();
                    if (ReadsFirst)
                        await ReadAsync(stream);
                    await answer(stream, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The other side had enough, or the test is over.
            }
        }

        private async Task ReadAsync(NetworkStream stream)
        {
            byte[] buffer = new byte[4096];
            string text = "";
            while (!text.EndsWith(Body, StringComparison.Ordinal))
            {
                int read = await stream.ReadAsync(buffer, _stop.Token);
                if (read == 0)
                    return;
                text += Encoding.UTF8.GetString(buffer, 0, read);
            }

            _request.TrySetResult(text);
        }
    }
}
