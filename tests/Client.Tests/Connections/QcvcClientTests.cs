using System.Net;
using Conference.Client.Connections;
using Conference.Client.Tests.Relay;
using Conference.Protocol;
using Conference.Protocol.Addresses;

namespace Conference.Client.Tests.Connections;

public class QcvcClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_gets_its_typed_answer()
    {
        using var relay = new FakeRelay();
        await using var client = await QcvcClient.ConnectAsync(relay.Address(), cancel: Cancel);
        var room = relay.Address().Target;

        Assert.True(await client.HeloAsync(room, Cancel));
        Assert.Equal("busy", await client.StatAsync(room, Cancel));
        Assert.Null(await client.StatAsync(new Target("nobody", room.Host), Cancel));
        Assert.Equal("joe", await client.AuthAnonymousAsync("Joe", Cancel));
        int port = await client.ConnAsync(Service.Video, room, Cancel);
        Assert.Equal(port, await client.ConnAsync(Service.Video, room, Cancel));
        Assert.Equal("10", await client.SetpAsync(Service.Video, "rate", "10", Cancel));
        Assert.Equal("10", await client.GetpAsync(Service.Video, "rate", Cancel));
        Assert.Null(await client.GetpAsync(Service.Video, "colour", Cancel));
        var member = Assert.Single(await client.ListAsync(room, Cancel));
        Assert.Equal(("joe", "video"), (member.Name, Assert.Single(member.Services)));
        Assert.Contains("LIST", await client.FeatAsync(Cancel));
        await client.NoopAsync(Cancel);
        await client.DconAsync(Service.Video, room, Cancel);
        Assert.Equal("500 unknown command", (await client.SendLineAsync("NOPE", Cancel))?.ToString());
        Assert.Null(await client.SendLineAsync("SEND chat hello", Cancel));
        await client.QuitAsync(Cancel);
        Assert.Equal("quit", Assert.IsType<ServerEvent.Closing>(await client.Events.ReadAsync(Cancel)).Reason);
    }

    [Fact]
    public async Task A_refusal_is_an_exception_with_the_reply()
    {
        using var relay = new FakeRelay();
        await using var client = await QcvcClient.ConnectAsync(relay.Address(), cancel: Cancel);
        var e = await Assert.ThrowsAsync<QcvcException>(() => client.ConnAsync(Service.Chat, relay.Address().Target, Cancel));
        Assert.Equal(503, e.Reply?.Code);
        Assert.False(await client.TrySetpAsync(Service.Session, "colour", "on", Cancel));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Both_families_connect_and_local_address_is_kept(string address)
    {
        using var relay = new FakeRelay(IPAddress.Parse(address));
        var options = new QcvcClientOptions { LocalAddress = IPAddress.Parse(address) };
        await using var client = await QcvcClient.ConnectAsync(relay.Address(), options, Cancel);
        Assert.Equal(IPAddress.Parse(address), client.LocalAddress);
        Assert.True(await client.HeloAsync(relay.Address().Target, Cancel));
    }

    [Fact]
    public async Task Room_events_and_named_chat_come_as_events()
    {
        using var relay = new FakeRelay();
        await using var alice = await QcvcClient.ConnectAsync(relay.Address(), cancel: Cancel);
        await using var bob = await QcvcClient.ConnectAsync(relay.Address(), cancel: Cancel);
        var room = relay.Address().Target;
        await alice.SetpAsync(Service.Session, "events", "on", Cancel);
        await alice.SetpAsync(Service.Chat, "sender", "on", Cancel);
        await alice.ConnAsync(Service.Audio, room, Cancel);
        await bob.AuthAnonymousAsync("bob", Cancel);
        await bob.ConnAsync(Service.Audio, room, Cancel);
        await bob.SendAsync(Service.Chat, "Hello Alice!", Cancel);
        await bob.QuitAsync(Cancel);

        Assert.Equal(new ServerEvent.Joined("bob@127.0.0.1"), await alice.Events.ReadAsync(Cancel));
        Assert.Equal(new ServerEvent.Said("chat", "bob@127.0.0.1", "Hello Alice!"), await alice.Events.ReadAsync(Cancel));
        Assert.Equal(new ServerEvent.Left("bob@127.0.0.1"), await alice.Events.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_line_with_a_line_break_or_too_long_never_leaves()
    {
        using var relay = new FakeRelay();
        await using var client = await QcvcClient.ConnectAsync(relay.Address(), cancel: Cancel);
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(Service.Chat, "a\r\nQUIT", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(Service.Chat, new string('x', 1024), Cancel));
        await client.NoopAsync(Cancel);
    }
}
