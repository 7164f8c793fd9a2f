namespace Conference.Client.Tests;

public class QcvcAddressTests
{
    [Theory]
    [InlineData("standup@127.0.0.1", "standup", "127.0.0.1", "127.0.0.1", 4321)]
    [InlineData("standup@127.0.0.1:4322", "standup", "127.0.0.1", "127.0.0.1", 4322)]
    [InlineData("standup@[::1]", "standup", "[::1]", "::1", 4321)]
    [InlineData("standup@[::1]:4322", "standup", "[::1]", "::1", 4322)]
    [InlineData("standup@::1", "standup", "::1", "::1", 4321)]
    [InlineData("joe@example.org", "joe", "example.org", "example.org", 4321)]
    [InlineData("a@b@example.org:1", "a@b", "example.org", "example.org", 1)]
    public void An_address_names_whom_and_where(string text, string name, string host, string endpoint, int port)
    {
        Assert.True(QcvcAddress.TryParse(text, QcvcAddress.DefaultPort, needsName: true, out var address));
        Assert.Equal((name, host, endpoint, port), (address.Name, address.Host, address.Endpoint, address.Port));
        Assert.Equal($"{name}@{host}", address.Target.ToString());
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", 9)]
    [InlineData("localhost:5", "localhost", 5)]
    [InlineData("[::1]:5", "[::1]", 5)]
    public void A_server_alone_needs_no_name(string text, string host, int port)
    {
        Assert.False(QcvcAddress.TryParse(text, 9, needsName: true, out _));
        Assert.True(QcvcAddress.TryParse(text, 9, needsName: false, out var address));
        Assert.Equal(("", host, port), (address.Name, address.Host, address.Port));
    }

    [Theory]
    [InlineData("standup@acme.example", "joe", "joe@acme.example")]
    [InlineData("standup@acme.example:4400", "joe", "joe@acme.example")]
    [InlineData("standup@acme.example", "joe@globex.example", "joe@globex.example")]
    [InlineData("standup@127.0.0.1", "joe", "joe")]
    [InlineData("standup@[::1]:4400", "joe", "joe")]
    [InlineData("standup@LOCALHOST", "joe", "joe")]
    public void A_name_is_told_with_a_host_that_may_be_a_domain(string address, string name, string told)
    {
        Assert.True(QcvcAddress.TryParse(address, QcvcAddress.DefaultPort, needsName: true, out var parsed));
        Assert.Equal(told, parsed.Qualify(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("@127.0.0.1")]
    [InlineData("joe@")]
    [InlineData("joe@host:")]
    [InlineData("joe@host:0")]
    [InlineData("joe@host:65536")]
    [InlineData("joe@host:-1")]
    [InlineData("joe@:4321")]
    [InlineData("joe@[::1")]
    [InlineData("joe@[::1]x")]
    [InlineData("joe@[nothing]")]
    [InlineData("joe@a:b:c")]
    [InlineData("jo e@host")]
    [InlineData("joe@host\r\nQUIT")]
    public void What_is_no_address_is_refused(string? text) =>
        Assert.False(QcvcAddress.TryParse(text, QcvcAddress.DefaultPort, needsName: true, out _));
}
