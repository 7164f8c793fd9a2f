using Conference.Client.Commands;
using Conference.Client.Tests.Relay;

namespace Conference.Client.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData(ExitCodes.Ok, "--help")]
    [InlineData(ExitCodes.Ok, "call --help")]
    [InlineData(ExitCodes.Usage, "")]
    [InlineData(ExitCodes.Usage, "dance")]
    [InlineData(ExitCodes.Usage, "call")]
    [InlineData(ExitCodes.Usage, "call joe")]
    [InlineData(ExitCodes.Usage, "call @127.0.0.1")]
    [InlineData(ExitCodes.Usage, "chat joe@127.0.0.1:1 --send=")]
    [InlineData(ExitCodes.Usage, "chat joe@127.0.0.1:1 --name=")]
    [InlineData(ExitCodes.Usage, "call joe@127.0.0.1 --size 3x")]
    [InlineData(ExitCodes.Usage, "call joe@127.0.0.1 --codec av9")]
    [InlineData(ExitCodes.Usage, "call joe@127.0.0.1 --seconds soon")]
    [InlineData(ExitCodes.Usage, "load 127.0.0.1 --clients 0")]
    [InlineData(ExitCodes.Usage, "load 127.0.0.1 --senders few")]
    [InlineData(ExitCodes.Usage, "load 127.0.0.1 --from here")]
    [InlineData(ExitCodes.Usage, "stat joe@127.0.0.1 --tls perhaps")]
    [InlineData(ExitCodes.Usage, "stat joe@127.0.0.1 --ca /no/such/file")]
    [InlineData(ExitCodes.Usage, "chat joe@127.0.0.1 --name joe --password-file /no/such/file")]
    [InlineData(ExitCodes.Usage, "call joe@127.0.0.1 --password secret")]
    [InlineData(ExitCodes.Ok, "record --help")]
    [InlineData(ExitCodes.Usage, "record joe@127.0.0.1")]
    [InlineData(ExitCodes.Usage, "record joe --to /tmp")]
    [InlineData(ExitCodes.Failed, "record joe@127.0.0.1:1 --to /dev/null/there")]
    [InlineData(ExitCodes.Failed, "stat joe@127.0.0.1:1")]
    public async Task Exit_codes_tell_what_was_wrong(int code, string line) =>
        Assert.Equal(code, await QcvcCommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public async Task Stat_is_ok_for_who_is_there_and_fails_for_who_is_not()
    {
        using var relay = new FakeRelay();
        Assert.Equal(ExitCodes.Ok, await QcvcCommandLine.RunAsync(["stat", $"joe@127.0.0.1:{relay.Port}"]));
        Assert.Equal(ExitCodes.Failed, await QcvcCommandLine.RunAsync(["stat", $"nobody@127.0.0.1:{relay.Port}"]));
    }

    [Fact]
    public async Task Chat_can_say_one_thing_and_leave()
    {
        using var relay = new FakeRelay();
        await using var listener = await Conference.Client.Connections.QcvcClient.ConnectAsync(relay.Address(), cancel: TestContext.Current.CancellationToken);
        await listener.ConnAsync(Conference.Protocol.Service.Audio, relay.Address().Target, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Ok, await QcvcCommandLine.RunAsync(["chat", $"standup@127.0.0.1:{relay.Port}", "--name", "bob", "--send", "Hello Joe!"]));
        var said = await listener.Events.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new Conference.Client.Connections.ServerEvent.Said("chat", null, "Hello Joe!"), said);
    }
}
