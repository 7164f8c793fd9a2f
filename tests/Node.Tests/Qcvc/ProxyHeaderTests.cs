using System.Buffers;
using System.Net;
using System.Text;
using Conference.Node.Qcvc.Proxies;

namespace Conference.Node.Tests.Qcvc;

public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 51234 4321\r\n", "192.0.2.7", "198.51.100.1")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 51234 4321\r\n", "2001:db8::7", "2001:db8::1")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 1 2\r\n", "192.0.2.7", "198.51.100.1")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", null, null)]
    public void Version_1_names_both_ends_or_neither(string header, string? client, string? local) =>
        Reads(Encoding.ASCII.GetBytes(header), client, local);

    [Theory]
    // PROXY over TCP4, as a balancer sends it, and with what it adds (a TLV of three bytes).
    [InlineData("2111000CC0000207C6336401C82210E1", "192.0.2.7", "198.51.100.1")]
    [InlineData("2111000FC0000207C6336401C82210E1040000", "192.0.2.7", "198.51.100.1")]
    [InlineData("2121002420010DB800000000000000000000000720010DB8000000000000000000000001C82210E1", "2001:db8::7", "2001:db8::1")]
    // LOCAL: a health check. UNSPEC.
    [InlineData("20000000", null, null)]
    [InlineData("2011000CC0000207C6336401C82210E1", null, null)]
    [InlineData("21000000", null, null)]
    public void Version_2_names_both_ends_or_neither(string header, string? client, string? local) =>
        Reads(Convert.FromHexString(Signature + header), client, local);

    [Theory]
    [InlineData("HELO joe@127.0.0.1\r\n")]
    [InlineData("proxy TCP4 192.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 1 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 1 -2\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.300 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 1 2                                                                                      ")]
    public void What_is_no_header_of_version_1_is_refused(string bytes) =>
        Assert.False(ProxyHeader.TryRead(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(bytes)), out _, out _));

    [Theory]
    [InlineData("3111000CC0000207C6336401C82210E1")]
    [InlineData("2211000CC0000207C6336401C82210E1")]
    [InlineData("2112000CC0000207C6336401C82210E1")]
    [InlineData("21110008C0000207C6336401")]
    [InlineData("21210020C0000207C6336401C82210E1C0000207C6336401C82210E1C0000207C6336401")]
    [InlineData("2111FFFF")]
    public void What_is_no_header_of_version_2_is_refused(string header) =>
        Assert.False(ProxyHeader.TryRead(new ReadOnlySequence<byte>(Convert.FromHexString(Signature + header)), out _, out _));

    private static void Reads(byte[] header, string? client, string? local)
    {
        byte[] bytes = [.. header, .. "HELO joe@127.0.0.1\r\n"u8];
        for (int come = 0; come < header.Length; come++)
            Assert.Null(ProxyHeader.TryRead(new ReadOnlySequence<byte>(bytes, 0, come), out _, out _));

        Assert.True(ProxyHeader.TryRead(new ReadOnlySequence<byte>(bytes), out int length, out var connection));
        Assert.Equal(header.Length, length);
        Assert.Equal(client is null ? null : new ProxiedConnection(IPAddress.Parse(client), IPAddress.Parse(local!)), connection);
    }
}
