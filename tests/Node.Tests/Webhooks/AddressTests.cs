using System.Net;
using Conference.Node.Webhooks;

namespace Conference.Node.Tests.Webhooks;

/// <summary>Where nothing is ever sent: addresses that are nobody's on the internet, and URLs that lead there.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("192.0.2.1")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2001:0:a00:1::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void Special_addresses_are_not_public(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("192.0.1.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:1.1.1.1")]
    public void Others_are(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1/", "public addresses")]
    [InlineData("http://127.1/", "public addresses")]
    [InlineData("http://2130706433/", "public addresses")]
    [InlineData("http://0x7f000001/", "public addresses")]
    [InlineData("https://[::1]:8443/hook", "public addresses")]
    [InlineData("http://[::ffff:10.0.0.1]/", "public addresses")]
    [InlineData("http://169.254.169.254/latest/meta-data", "public addresses")]
    [InlineData("http://localhost:8080/", "public addresses")]
    [InlineData("ftp://1.1.1.1/", "http or https")]
    [InlineData("file:///etc/passwd", "http or https")]
    [InlineData("gopher://1.1.1.1/", "http or https")]
    [InlineData("//1.1.1.1/", "http or https")]
    [InlineData("hooks", "http or https")]
    [InlineData("http://", "http or https")]
    [InlineData("https://joe:secret@1.1.1.1/", "without a user")]
    [InlineData("https://1.1.1.1/#part", "without a user")]
    public async Task A_url_that_must_not_be_is_refused_with_the_reason(string url, string why) =>
        Assert.Contains(why, await WebhookUrl.RefuseAsync(url, allowPrivate: false, default), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://1.1.1.1/hook?token=x", false)]
    [InlineData("https://no-such-name.invalid/hook", false)]
    [InlineData("http://127.0.0.1:9/", true)]
    public async Task Others_may_be(string url, bool allowPrivate) => Assert.Null(await WebhookUrl.RefuseAsync(url, allowPrivate, default));
}
