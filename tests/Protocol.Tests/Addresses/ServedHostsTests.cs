using System.Net;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Tests.Addresses;

public sealed class ServedHostsTests
{
    private static readonly ServedHosts _hosts = new(
        ["example.org", "Meet.Example.ORG.", "203.0.113.9", "[2001:DB8:0::9]"],
        [IPAddress.Parse("192.0.2.7"), IPAddress.Parse("2001:db8::7"), IPAddress.Parse("::ffff:198.51.100.1")]);

    [Theory]
    [InlineData("example.org")]
    [InlineData("EXAMPLE.Org")]
    [InlineData("example.org.")]
    [InlineData("meet.example.org")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("192.0.2.7")]
    [InlineData("203.0.113.9")]
    [InlineData("198.51.100.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("0:0:0:0:0:0:0:1")]
    [InlineData("2001:db8::7")]
    [InlineData("[2001:DB8::7]")]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0007")]
    [InlineData("2001:db8::9")]
    [InlineData("::ffff:192.0.2.7")]
    [InlineData("[::ffff:127.0.0.1]")]
    public void Served_are_domains_ignoring_case_and_own_addresses_in_any_of_their_forms(string host) => Assert.NotNull(_hosts.Find(host));

    [Theory]
    [InlineData("example.com")]
    [InlineData("sub.example.org")]
    [InlineData("example.org..")]
    [InlineData(".example.org")]
    [InlineData("[example.org]")]
    [InlineData("192.0.2.8")]
    [InlineData("2001:db8::8")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData(".")]
    public void Nothing_else_is(string host) => Assert.Null(_hosts.Find(host));

    [Theory]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.1.")]
    [InlineData("[127.0.0.1]")]
    [InlineData("127.0.0.256")]
    [InlineData(" 127.0.0.1")]
    [InlineData("::1%lo")]
    [InlineData("[fe80::1%1]")]
    [InlineData("[::1]:4321")]
    [InlineData("[[::1]]")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[]")]
    [InlineData("::1/128")]
    [InlineData("::ffff:127.1")]
    [InlineData("1:2")]
    public void Odd_spellings_of_addresses_are_refused(string host)
    {
        Assert.False(ServedHosts.TryParseAddress(host, out _));
        Assert.Null(_hosts.Find(host));
    }

    [Fact]
    public void A_mapped_address_is_the_address_it_maps()
    {
        Assert.True(ServedHosts.TryParseAddress("[::ffff:192.0.2.7]", out var address));
        Assert.Equal(IPAddress.Parse("192.0.2.7"), address);
    }

    [Theory]
    [InlineData("whatever.example")]
    [InlineData("10.0.0.1")]
    [InlineData("[2001:db8::1234]")]
    public void A_star_serves_whatever_a_client_says(string host) => Assert.Equal(Domain.Default, new ServedHosts(["*"], []).Find(host));

    [Fact]
    public void No_host_is_longer_than_255()
    {
        var all = new ServedHosts(["*"], []);
        Assert.NotNull(all.Find(new string('h', 255)));
        Assert.Null(all.Find(new string('h', 256)));
    }

    [Theory]
    [InlineData("joe@host", "joe", "host")]
    [InlineData("a@b@host", "a@b", "host")]
    [InlineData("joe@[::1]", "joe", "[::1]")]
    public void The_last_at_sign_divides_name_and_host(string text, string name, string host)
    {
        Assert.True(Target.TryParse(text, out var target));
        Assert.Equal(new Target(name, host), target);
        Assert.Equal(text, target.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("joe")]
    [InlineData("joe@")]
    [InlineData("@host")]
    public void A_target_has_both(string text) => Assert.False(Target.TryParse(text, out _));
}
