using Conference.Media;
using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Settings;

public sealed class WebSettingsTests
{
    [Fact]
    public void Browsers_have_one_port_unless_it_is_turned_off()
    {
        Assert.Equal(new WebOptions(11443), Read("Web:Port", null).Media.Web);
        Assert.Equal(new WebOptions(0), Read("Web:Port", "0").Media.Web);
        Assert.Null(Read("Web:Port", "off").Media.Web);
        Assert.Equal("Web:Port must be a whole number from 0 to 65535", Wrong("Web:Port", "65536"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("[2001:db8::7]", "2001:db8::7")]
    [InlineData("talk.example.org", "talk.example.org")]
    public void They_are_told_an_address_or_a_name(string? value, string? told) => Assert.Equal(told, Read("Web:Advertise", value).Web.Advertise);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("talk.example.org:11443")]
    [InlineData("https://talk.example.org")]
    [InlineData("two words")]
    public void Nothing_else_can_be_told(string value) =>
        Assert.Equal("Web:Advertise must be an address or a name, like 192.0.2.7 or talk.example.org", Wrong("Web:Advertise", value));

    [Fact]
    public void Origins_are_as_browsers_say_them() => Assert.Equal(
        ["https://talk.example.org", "http://localhost:5173"], Read("Web:Origins", "https://Talk.example.org:443/, http://localhost:5173").Web.Origins);

    [Theory]
    [InlineData("talk.example.org")]
    [InlineData("*")]
    [InlineData("https://talk.example.org/join")]
    [InlineData("https://joe@talk.example.org")]
    [InlineData("ws://talk.example.org")]
    public void Nothing_else_is_an_origin(string value) => Assert.Equal(
        "Web:Origins must be origins, comma separated, like https://talk.example.org,http://localhost:5173", Wrong("Web:Origins", value));

    private static string Wrong(string key, string value) => Assert.Single(Assert.Throws<SettingsException>(() => Read(key, value)).Errors);

    private static NodeSettings Read(string key, string? value) => NodeSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build());
}
