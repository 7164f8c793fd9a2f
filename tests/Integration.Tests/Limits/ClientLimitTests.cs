namespace Conference.Integration.Tests.Limits;

/// <summary>One client asks for more than its share.</summary>
public sealed class ClientLimitTests
{
    [Fact]
    public async Task With_the_settings_there_are_a_client_that_floods_a_room_is_heard_a_hundred_times_and_others_as_ever()
    {
        await using var node = await NodeProcess.StartAsync();
        await using var talker = await TestClient.ConnectAsync(node);
        await using var listener = await TestClient.ConnectAsync(node, "127.0.0.2");
        await using var friend = await TestClient.ConnectAsync(node);
        foreach (var client in (TestClient[])[talker, listener, friend])
            await client.ConnAsync("audio", "flood@127.0.0.1");
        await talker.SendAsync(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"SEND chat {i}\r\n")));
        await talker.ExpectAsync("NOOP", "200 ok");
        await friend.SendAsync("SEND chat it is me\r\n");

        int heard = 0;
        while (await listener.ReadAsync() != "203 chat it is me")
            heard++;
        double limited = await node.MetricAsync("conference_commands_limited_total", "verb=\"SEND\",limit=\"session\"");
        Assert.Equal(20_000, heard + limited);
        // A hundred at once, and ten for every second it took.
        Assert.InRange(heard, 100, 1000);
    }

    [Fact]
    public async Task Rooms_are_entered_at_a_pace_and_the_session_goes_on()
    {
        await using var node = await NodeProcess.StartAsync("Limits:SessionConn=0.01/3", "Limits:AddressConn=0.01/5");
        await using var first = await TestClient.ConnectAsync(node);
        await using var second = await TestClient.ConnectAsync(node);
        await using var elsewhere = await TestClient.ConnectAsync(node, "127.0.0.2");
        for (int i = 0; i < 3; i++)
            await first.ConnAsync("audio", $"pace-{i}@127.0.0.1");
        await first.ExpectAsync("CONN audio pace-3@127.0.0.1", "503 try again later");
        await second.ConnAsync("audio", "pace-4@127.0.0.1");
        await second.ConnAsync("audio", "pace-5@127.0.0.1");
        await second.ExpectAsync("CONN audio pace-6@127.0.0.1", "503 try again later");
        await elsewhere.ConnAsync("audio", "pace-7@127.0.0.1");
        await first.ExpectAsync("NOOP", "200 ok");

        Assert.Equal(1, await node.MetricAsync("conference_commands_limited_total", "verb=\"CONN\",limit=\"session\""));
        Assert.Equal(1, await node.MetricAsync("conference_commands_limited_total", "verb=\"CONN\",limit=\"address\""));
    }

    [Fact]
    public async Task Names_are_taken_at_a_pace()
    {
        await using var node = await NodeProcess.StartAsync("Limits:AddressAuth=0.01/2");
        await using var client = await TestClient.ConnectAsync(node);
        await client.ExpectAsync("AUTH ANONYMOUS guest-1", "504 reserved name");
        await client.ExpectAsync("AUTH ANONYMOUS joe", "204 joe");
        await using var another = await TestClient.ConnectAsync(node);
        await another.ExpectAsync("AUTH ANONYMOUS alice", "504 try again later");

        Assert.Equal(1, await node.MetricAsync("conference_signins_total", "outcome=\"throttled\""));
    }

    [Fact]
    public async Task An_address_has_so_many_sessions_and_the_next_when_one_has_left()
    {
        await using var node = await NodeProcess.StartAsync("Limits:AddressSessions=2");
        await using var first = await TestClient.ConnectAsync(node);
        await using (await TestClient.ConnectAsync(node))
        {
            await using var third = await TestClient.ConnectSilentlyAsync(node);
            Assert.Equal("421 too many sessions", await third.ReadAsync());
            Assert.Null(await third.ReadAsync());
            await using var elsewhere = await TestClient.ConnectAsync(node, "127.0.0.2");
        }

        Assert.Equal(1, await node.MetricAsync("conference_connections_refused_total", "too_many_sessions"));
        await Eventually.EqualAsync(1, () => node.MetricAsync("conference_sessions"));
        await Eventually.EqualAsync(true, async () =>
        {
            await using var fourth = await TestClient.ConnectSilentlyAsync(node);
            return await fourth.ReadAsync() == "100 QCVC/1.0";
        });
    }
}
