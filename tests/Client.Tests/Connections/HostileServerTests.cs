using Conference.Client.Connections;
using Conference.Client.Tests.Relay;
using static Conference.Client.Tests.Relay.ScriptedServer;

namespace Conference.Client.Tests.Connections;

public class HostileServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static QcvcClientOptions Impatient => new() { ConnectTimeout = TimeSpan.FromSeconds(2), RequestTimeout = TimeSpan.FromSeconds(2) };

    [Theory]
    [InlineData("220 smtp.example ESMTP\r\n", "no QCVC server")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "no QCVC server")]
    [InlineData("421 server full\r\n", "server full")]
    [InlineData("", "closed the connection before its greeting")]
    [InlineData("100 QC", "closed the connection before its greeting")]
    [InlineData("\0\u0001\r\n", "no QCVC server")]
    public async Task A_wrong_greeting_is_told_plainly(string greeting, string why)
    {
        using var server = new ScriptedServer(s => SayAsync(s, greeting));
        var e = await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, Impatient, Cancel));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_in_time()
    {
        using var server = new ScriptedServer(s => HearAsync(s, 1));
        var options = new QcvcClientOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) };
        var e = await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, options, Cancel));
        Assert.Contains("no answer within 0.1 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_told_plainly()
    {
        var server = new ScriptedServer(_ => Task.CompletedTask);
        server.Dispose();
        await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, Impatient, Cancel));
    }

    [Fact]
    public async Task Garbage_and_endless_lines_between_answers_do_no_harm()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "what\r\n99 short\r\n\r\n" + new string('x', 1_000_000) + "\r\n");
            await s.WriteAsync(new byte[] { 0xFF, 0xFE, 0x0A });
            await SayAsync(s, "200 ok\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "200 o");
            await SayAsync(s, "k\r");
            await SayAsync(s, "\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, Impatient, Cancel);
        await client.NoopAsync(Cancel);
        await client.NoopAsync(Cancel);
    }

    [Fact]
    public async Task A_server_that_only_talks_nonsense_is_left()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            for (int i = 0; i < 1000; i++)
                await SayAsync(s, "nonsense\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, Impatient, Cancel);
        await client.Closed.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
        Assert.Contains("no QCVC server", (await Assert.ThrowsAsync<QcvcException>(() => client.NoopAsync(Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_of_a_line_fails_what_waits()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "200 o");
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, Impatient, Cancel);
        await Assert.ThrowsAsync<QcvcException>(() => client.NoopAsync(Cancel));
        await client.Closed.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }
}
