using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Integration.Tests.Authentication;

namespace Conference.Integration.Tests.Web;

/// <summary>The page by HTTPS, which browsers want for cameras.</summary>
public sealed class HttpsTests : IDisposable
{
    private readonly Certificates _certificates = new();
    private string _shown = "";

    public void Dispose() => _certificates.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_page_and_its_lines_come_by_https_and_a_new_certificate_is_shown(bool hasOwn)
    {
        int port = FreeTcpPort();
        // Its own, or the one that QCVC's clients see.
        string[] settings = [.. _certificates.Settings.Select(s => hasOwn ? s.Replace("Tls:", "Http:", StringComparison.Ordinal) : s), $"Http:TlsPort={port}"];
        await using var node = await NodeProcess.StartAsync(settings);
        Assert.Contains("<title>", await GetAsync(port), StringComparison.Ordinal);
        Assert.Equal(_certificates.Issued, _shown);

        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        socket.Options.SetRequestHeader("Origin", $"https://127.0.0.1:{port}");
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{port}/qcvc"), TestContext.Current.CancellationToken);
        byte[] buffer = new byte[200];
        var greeting = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.StartsWith("100 QCVC/1.0", Encoding.UTF8.GetString(buffer, 0, greeting.Count), StringComparison.Ordinal);

        _certificates.Replace();
        await Eventually.EqualAsync(_certificates.Issued, async () =>
        {
            await GetAsync(port);
            return _shown;
        });
        // As ever for probes and Prometheus.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(node));
    }

    [Fact]
    public async Task A_port_for_https_needs_a_certificate()
    {
        var (code, output) = await NodeProcess.RunAsync("Http:TlsPort=8443");
        Assert.Equal(2, code);
        Assert.Contains("Http:Certificate must be set for Http:TlsPort", output, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(NodeProcess node)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{node.HttpPort}/health/live"));
        return response.StatusCode;
    }

    private async Task<string> GetAsync(int port)
    {
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Note } };
        using var client = new HttpClient(handler);
        return await client.GetStringAsync(new Uri($"https://127.0.0.1:{port}/join/standup"));
    }

    private bool Note(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _shown = ((X509Certificate2)certificate!).Thumbprint;
        return true;
    }

    private static int FreeTcpPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
