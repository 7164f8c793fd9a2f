using System.Net;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Tests.Addresses;

/// <summary>Which domain a host means, as settings say.</summary>
public sealed class ServedDomainsTests
{
    private static readonly Domain _acme = Domain.Parse("acme.example"), _bucher = Domain.Parse("b\u00FCcher.example");

    private static readonly ServedHosts _hosts = new(
        ["192.0.2.7", "Conference.Example.org", "acme.example", "b\u00FCcher.example"], [IPAddress.Parse("198.51.100.1")],
        [new("www.acme.example", "ACME.example"), new("meet.example.org", "conference.example.org"), new("talk.example.org", "localhost"), new("x.example", "nowhere.example")]);

    [Theory]
    [InlineData("conference.example.org")]
    [InlineData("CONFERENCE.example.org.")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("192.0.2.7")]
    [InlineData("198.51.100.1")]
    [InlineData("meet.example.org")]
    [InlineData("talk.example.org")]
    public void The_first_name_addresses_and_localhost_are_the_default_domain(string host) => Assert.Equal(Domain.Default, _hosts.Find(host));

    [Theory]
    [InlineData("acme.example")]
    [InlineData("Acme.Example.")]
    [InlineData("www.acme.example")]
    [InlineData("WWW.acme.example.")]
    public void Each_other_name_is_a_domain_and_an_alias_another_name_for_one(string host) => Assert.Equal(_acme, _hosts.Find(host));

    [Theory]
    [InlineData("b\u00FCcher.example")]
    [InlineData("XN--bcher-KVA.example.")]
    public void A_domain_is_found_by_each_of_its_forms(string host) => Assert.Equal(_bucher, _hosts.Find(host));

    [Theory]
    [InlineData("globex.example")]
    [InlineData("sub.acme.example")]
    [InlineData("x.example")]
    [InlineData("default")]
    [InlineData("192.0.2.8")]
    public void Nothing_else_is_served(string host) => Assert.Null(_hosts.Find(host));

    [Fact]
    public void A_star_is_the_default_domains_and_takes_no_name_from_another()
    {
        var hosts = new ServedHosts(["*", "acme.example"], []);
        Assert.Equal(_acme, hosts.Find("acme.example"));
        Assert.Equal(Domain.Default, hosts.Find("whatever.example"));
        Assert.Equal(Domain.Default, hosts.Find("203.0.113.9"));
        Assert.Equal(Domain.Default, hosts.Find("not a domain"));

        // With a name before it, that is the default domain's too.
        Assert.Equal(Domain.Default, new ServedHosts(["acme.example", "*"], []).Find("acme.example"));
    }

    [Fact]
    public void Without_a_name_there_is_but_the_default_domain()
    {
        var hosts = new ServedHosts([], []);
        Assert.Equal(Domain.Default, hosts.Find("localhost"));
        Assert.Null(hosts.Find("acme.example"));
        Assert.Empty(hosts.Domains);
        Assert.True(hosts.Has(Domain.Default));
        Assert.False(hosts.Has(_acme));
    }
}
