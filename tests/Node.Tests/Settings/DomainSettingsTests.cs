using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Settings;

public sealed class DomainSettingsTests
{
    [Fact]
    public void Domains_and_their_other_names_are_read()
    {
        var qcvc = Read("Qcvc:Domains=conference.example.org, acme.example ,b\u00FCcher.example,192.0.2.7,*", "Qcvc:Aliases=www.acme.example=acme.example, talk.example=localhost").Qcvc;
        Assert.Equal(["conference.example.org", "acme.example", "b\u00FCcher.example", "192.0.2.7", "*"], qcvc.Domains);
        Assert.Equal([new("www.acme.example", "acme.example"), new("talk.example", "localhost")], qcvc.Aliases);
        Assert.Empty(Read().Qcvc.Aliases);
        Assert.Equal(["localhost"], Read("Qcvc:Domains=localhost").Qcvc.Domains);
    }

    [Theory]
    [InlineData("Qcvc:Domains=acme..example")]
    [InlineData("Qcvc:Domains=default")]
    [InlineData("Qcvc:Domains=acme.example:4321")]
    [InlineData("Qcvc:Domains=127.1")]
    [InlineData("Qcvc:Domains=*.example")]
    public void A_domain_that_cannot_be_is_told(string setting) =>
        Assert.Equal(["Qcvc:Domains must be domains and addresses, comma separated, or *"], Assert.Throws<SettingsException>(() => Read(setting)).Errors);

    [Theory]
    [InlineData("acme.example")]
    [InlineData("www.acme.example=")]
    [InlineData("=acme.example")]
    [InlineData("192.0.2.7=acme.example")]
    [InlineData("www.acme.example=192.0.2.7")]
    [InlineData("localhost=acme.example")]
    [InlineData("a.example=b.example=c.example")]
    [InlineData("a.example=b..example")]
    public void A_name_for_a_domain_that_cannot_be_is_told(string aliases) =>
        Assert.StartsWith("Qcvc:Aliases must be ", Assert.Single(Assert.Throws<SettingsException>(() => Read($"Qcvc:Aliases={aliases}")).Errors), StringComparison.Ordinal);

    [Fact]
    public void A_domain_of_three_hundred_characters_is_told() =>
        Assert.Single(Assert.Throws<SettingsException>(() => Read($"Qcvc:Domains={string.Concat(Enumerable.Repeat("abcdefghi.", 30))}example")).Errors);

    private static NodeSettings Read(params string[] settings) => NodeSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create(s[0], (string?)s[1]))).Build());
}
