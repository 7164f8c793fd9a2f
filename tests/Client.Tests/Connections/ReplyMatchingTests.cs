using Conference.Client.Connections;
using Conference.Client.Tests.Relay;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using static Conference.Client.Tests.Relay.ScriptedServer;

namespace Conference.Client.Tests.Connections;

public class ReplyMatchingTests
{
    private static readonly Target _joe = new("joe", "127.0.0.1");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pipelined_commands_get_their_own_answers_with_unasked_lines_between()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 5);
            await SayAsync(s, "110 joined a@h\r\n201 joe is here\r\n203 chat not an answer\r\n202 away\r\n211 a video\r\n111 left a@h\r\n211 b audio,video\n");
            await SayAsync(s, "211 end\r\n119 what is this\r\n303 video udp/11000\r\n200 ok\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: Cancel);
        var helo = client.HeloAsync(_joe, Cancel);
        var stat = client.StatAsync(_joe, Cancel);
        var list = client.ListAsync(_joe, Cancel);
        var conn = client.ConnAsync(Service.Video, _joe, Cancel);
        var noop = client.NoopAsync(Cancel);

        Assert.True(await helo);
        Assert.Equal("away", await stat);
        Assert.Equal(["a", "b"], (await list).Select(m => m.Name));
        Assert.Equal(11000, await conn);
        await noop;
        Assert.Equal(new ServerEvent.Joined("a@h"), await client.Events.ReadAsync(Cancel));
        Assert.Equal(new ServerEvent.Said("chat", null, "not an answer"), await client.Events.ReadAsync(Cancel));
        Assert.Equal(new ServerEvent.Left("a@h"), await client.Events.ReadAsync(Cancel));
        Assert.IsType<ServerEvent.Other>(await client.Events.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_caller_that_stops_waiting_does_not_shift_the_answers()
    {
        var go = new TaskCompletionSource();
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 2);
            await go.Task;
            await SayAsync(s, "202 away\r\n202 busy\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: Cancel);
        using var impatient = new CancellationTokenSource();
        var first = client.StatAsync(_joe, impatient.Token);
        var second = client.StatAsync(_joe, Cancel);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        Assert.Equal("busy", await second);
    }

    [Fact]
    public async Task Closing_ends_the_events_and_fails_what_waits()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 2);
            await SayAsync(s, "114 moving other.example\r\n421 draining\r\n");
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: Cancel);
        var first = client.NoopAsync(Cancel);
        var second = client.NoopAsync(Cancel);
        Assert.Equal(421, (await Assert.ThrowsAsync<QcvcException>(() => first)).Reply?.Code);
        Assert.Equal(421, (await Assert.ThrowsAsync<QcvcException>(() => second)).Reply?.Code);
        var events = new List<ServerEvent>();
        await foreach (var e in client.Events.ReadAllAsync(Cancel))
            events.Add(e);
        Assert.Equal([new ServerEvent.Moving("other.example"), new ServerEvent.Closing("draining")], events);
        await Assert.ThrowsAsync<QcvcException>(() => client.NoopAsync(Cancel));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 100);
        });
        var options = new QcvcClientOptions { RequestTimeout = TimeSpan.FromMilliseconds(50) };
        await using var client = await QcvcClient.ConnectAsync(server.Address, options, Cancel);
        Assert.Contains("no answer", (await Assert.ThrowsAsync<QcvcException>(() => client.NoopAsync(Cancel))).Message, StringComparison.Ordinal);
        await client.Closed.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }

    [Fact]
    public async Task Events_nobody_reads_stay_bounded_and_are_counted()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            for (int i = 0; i < 500; i++)
                await SayAsync(s, $"203 chat {i}\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "200 ok\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, new QcvcClientOptions { EventCapacity = 10 }, Cancel);
        await client.NoopAsync(Cancel);
        Assert.Equal(490, client.EventsDropped);
        Assert.Equal(new ServerEvent.Said("chat", null, "490"), await client.Events.ReadAsync(Cancel));
    }
}
