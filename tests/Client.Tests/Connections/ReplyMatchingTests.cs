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
    public async Task A_conn_that_is_told_to_wait_is_answered_when_it_is_let_in_and_holds_up_nothing()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 3);
            await SayAsync(s, "115 waiting joe@127.0.0.1\r\n115 waiting joe@127.0.0.1\r\n200 ok\r\n115 muted a@h\r\n");
            await HearAsync(s, 1);
            // Let in by one service and not by the other; the STAT is answered between.
            await SayAsync(s, "303 video 11000\r\n503 not admitted\r\n202 away\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: Cancel);
        var audio = client.ConnAsync(Service.Audio, _joe, Cancel);
        var video = client.ConnAsync(Service.Video, _joe, Cancel);
        await client.NoopAsync(Cancel);
        Assert.False(audio.IsCompleted || video.IsCompleted);

        Assert.Equal("away", await client.StatAsync(_joe, Cancel));
        Assert.Equal(11000, await video);
        Assert.Equal("not admitted", (await Assert.ThrowsAsync<QcvcException>(() => audio)).Reply?.Text);
        Assert.Equal(new ServerEvent.Waiting("joe@127.0.0.1"), await client.Events.ReadAsync(Cancel));
        Assert.Equal(new ServerEvent.Waiting("joe@127.0.0.1"), await client.Events.ReadAsync(Cancel));
        Assert.Equal(new ServerEvent.Muted("a@h", true), await client.Events.ReadAsync(Cancel));
    }

    [Theory]
    [InlineData("123 waiting bob@h")]
    [InlineData("124 waits-no-more bob@h")]
    [InlineData("125 room title Weekly standup")]
    public void What_happens_in_a_room_is_understood(string line)
    {
        Assert.True(Protocol.Replies.Reply.TryParse(line, out var reply));
        ServerEvent expected = reply.Code == 125 ? new ServerEvent.RoomTold("title", "Weekly standup") : new ServerEvent.Waits("bob@h", reply.Code == 123);
        Assert.Equal(expected, ServerEvent.From(reply, senders: false));
    }

    [Theory]
    [InlineData("/title Weekly standup", "title", "Weekly standup")]
    [InlineData("/waiting", "waiting", null)]
    [InlineData("/put-out joe 10", "put-out", "joe 10")]
    public void A_line_about_the_room_is_no_chat(string typed, string parameter, string? value) =>
        Assert.Equal(new Conference.Client.Calls.RoomLine(parameter, value), Conference.Client.Calls.RoomLine.Of(typed));

    [Theory]
    [InlineData("Hello /title")]
    [InlineData("/ and so on")]
    [InlineData("/")]
    [InlineData("/2 is a half")]
    public void Other_lines_are(string typed) => Assert.Null(Conference.Client.Calls.RoomLine.Of(typed));

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
