using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Settings;

public sealed class AuthSettingsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("https://id.example.org", "https://id.example.org")]
    [InlineData("https://id.example.org/realms/talk/", "https://id.example.org/realms/talk")]
    [InlineData("http://127.0.0.1:8090", "http://127.0.0.1:8090")]
    [InlineData("http://localhost:8090", "http://localhost:8090")]
    [InlineData("http://[::1]:8090", "http://[::1]:8090")]
    public void An_issuer_is_named_by_its_url(string? value, string? authority) => Assert.Equal(authority, Read(value).Auth.Authority);

    [Theory]
    [InlineData("id.example.org")]
    [InlineData("/realms/talk")]
    [InlineData("http://id.example.org")]
    [InlineData("http://127.0.0.1.example.org")]
    [InlineData("ldap://127.0.0.1")]
    [InlineData("https://joe:secret@id.example.org")]
    [InlineData("https://id.example.org?realm=talk")]
    [InlineData("https://id.example.org#talk")]
    public void Anything_else_is_refused_in_one_sentence(string value) => Assert.Equal(
        ["Auth:Authority must be the URL of an issuer, like https://id.example.org; http:// only on this machine"],
        Assert.Throws<SettingsException>(() => Read(value)).Errors);

    private static NodeSettings Read(string? authority) => NodeSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Auth:Authority"] = authority }).Build());
}
