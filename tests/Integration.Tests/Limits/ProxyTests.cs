using System.Net.Sockets;
using System.Text;

namespace Conference.Integration.Tests.Limits;

/// <summary>A balancer in front of the node, on 127.0.0.9, says whom it brings.</summary>
public sealed class ProxyTests
{
    private const string Proxy = "127.0.0.9";

    [Theory]
    [InlineData("PROXY TCP4 127.0.0.77 127.0.0.1 51234 4321\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000C\u007F\0\0\u004D\u007F\0\0\u0001\u00C8\u0022\u0010\u00E1")]
    public async Task The_client_it_names_is_the_one_that_the_media_port_hears(string header)
    {
        await using var node = await NodeProcess.StartAsync($"Qcvc:TrustedProxies={Proxy}");
        await using var client = await TestClient.ConnectSilentlyAsync(node, Proxy);
        await client.SendAsync([.. Encoding.Latin1.GetBytes(header), .. "CONN audio behind@127.0.0.1\r\n"u8]);
        Assert.Equal("100 QCVC/1.0", await client.ReadAsync());
        string reply = (await client.ReadAsync())!;
        Assert.StartsWith("303 audio ", reply, StringComparison.Ordinal);
        int port = int.Parse(reply["303 audio ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        await using var other = await TestClient.ConnectAsync(node);
        var listener = await other.ConnAsync("audio", "behind@127.0.0.1");

        using var media = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        media.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.77"), 0));
        media.Connect(System.Net.IPAddress.Loopback, port);
        await media.LatchAsync(listener);
        media.Say("from behind the proxy");
        Assert.Equal("from behind the proxy", await listener.HearAsync());
    }

    [Fact]
    public async Task The_limits_of_an_address_are_those_of_the_client_and_not_of_the_proxy()
    {
        await using var node = await NodeProcess.StartAsync($"Qcvc:TrustedProxies={Proxy}", "Limits:AddressSessions=1");
        await using var alice = await BehindAsync(node, "192.0.2.1");
        Assert.Equal("100 QCVC/1.0", await alice.ReadAsync());
        await using var bob = await BehindAsync(node, "192.0.2.2");
        Assert.Equal("100 QCVC/1.0", await bob.ReadAsync());
        await using var again = await BehindAsync(node, "192.0.2.1");
        Assert.Equal("421 too many sessions", await again.ReadAsync());
    }

    [Theory]
    [InlineData("NOOP\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7\r\n")]
    public async Task A_proxy_that_names_nobody_is_refused(string said)
    {
        await using var node = await NodeProcess.StartAsync($"Qcvc:TrustedProxies={Proxy}");
        await using var client = await TestClient.ConnectSilentlyAsync(node, Proxy);
        await client.SendAsync(said);

        Assert.Equal("421 proxy header expected", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
        Assert.Equal(1, await node.MetricAsync("conference_connections_refused_total", "proxy_header_expected"));
    }

    [Fact]
    public async Task Whoever_is_no_proxy_of_ours_cannot_say_to_be_another()
    {
        await using var node = await NodeProcess.StartAsync($"Qcvc:TrustedProxies={Proxy}");
        await using var client = await TestClient.ConnectAsync(node);
        await client.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");

        Assert.Equal("421 this is QCVC, not PROXY", await client.ReadAsync());
    }

    [Fact]
    public async Task A_password_is_not_said_in_the_clear_because_the_proxy_is_on_this_machine()
    {
        await using var node = await NodeProcess.StartAsync($"Qcvc:TrustedProxies={Proxy}");
        await using var client = await BehindAsync(node, "192.0.2.1");
        Assert.Equal("100 QCVC/1.0", await client.ReadAsync());

        await client.ExpectAsync("AUTH PLAIN AGpvZQBzZWNyZXQ=", "504 start TLS first");
    }

    private static async Task<TestClient> BehindAsync(NodeProcess node, string address)
    {
        var client = await TestClient.ConnectSilentlyAsync(node, Proxy);
        await client.SendAsync($"PROXY TCP4 {address} 127.0.0.1 51234 4321\r\n");
        return client;
    }
}
