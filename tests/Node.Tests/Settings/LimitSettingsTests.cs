using System.Net;
using Conference.Actors.Sessions.Limits;
using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Settings;

public sealed class LimitSettingsTests
{
    [Theory]
    [InlineData("10/100", 10, 100)]
    [InlineData("0.2/10", 0.2, 10)]
    [InlineData(" 5 / 7 ", 5, 7)]
    public void A_limit_is_so_many_a_second_and_so_many_at_once(string value, double perSecond, int atOnce) =>
        Assert.Equal(new RateLimit(perSecond, atOnce), Read("Limits:SessionSend", value).Limits.Session.Send);

    [Fact]
    public void A_limit_can_be_turned_off()
    {
        Assert.Null(Read("Limits:AddressConn", "off").Limits.Address.Conn);
        Assert.Null(Read("Limits:AddressSessions", "off").Limits.AddressSessions);
        Assert.Equal(3, Read("Limits:AddressSessions", "3").Limits.AddressSessions);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("10/0")]
    [InlineData("0/10")]
    [InlineData("-1/10")]
    [InlineData("10/100/1000")]
    [InlineData("10/1.5")]
    [InlineData("1e3/10")]
    [InlineData("many")]
    public void Anything_else_is_refused_in_one_sentence(string value) => Assert.Equal(
        ["Limits:SessionAuth must be so many a second and so many at once, like 10/100, or off"],
        Assert.Throws<SettingsException>(() => Read("Limits:SessionAuth", value)).Errors);

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("10.0.0.0/8, 2001:db8::/32", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8, 2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("10.0.0.0/8, 2001:db8::/32", "2001:db9::1", false)]
    [InlineData("[2001:db8::1]", "2001:db8::1", true)]
    public void Proxies_are_addresses_and_networks(string value, string address, bool isTrusted) =>
        Assert.Equal(isTrusted, Read("Qcvc:TrustedProxies", value).Qcvc.TrustedProxies.Any(n => n.Contains(IPAddress.Parse(address))));

    [Theory]
    [InlineData("proxy.example.org")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.1,x")]
    public void Anything_else_is_no_proxy(string value) => Assert.Equal(
        ["Qcvc:TrustedProxies must be addresses and networks, comma separated, like 192.0.2.7,2001:db8::/32"],
        Assert.Throws<SettingsException>(() => Read("Qcvc:TrustedProxies", value)).Errors);

    private static NodeSettings Read(string key, string value) => NodeSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build());
}
