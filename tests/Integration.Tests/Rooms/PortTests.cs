using System.Globalization;
using System.Net.Sockets;

namespace Conference.Integration.Tests.Rooms;

public sealed class PortTests
{
    [Fact]
    public async Task Two_hundred_clients_of_different_addresses_share_two_port_numbers()
    {
        var ports = FreePorts.Take(2);
        await using var node = await NodeProcess.StartAsync($"Media:Ports={ports.First}-{ports.Last}");
        var clients = new List<TestClient>();
        var sockets = new List<Socket>();
        for (int i = 0; i < 200; i++)
        {
            var client = await TestClient.ConnectAsync(node, string.Create(CultureInfo.InvariantCulture, $"127.9.{i / 100}.{1 + (i % 100)}"));
            clients.Add(client);
            sockets.Add(await client.ConnAsync("video", "crowd@127.0.0.1"));
        }

        Assert.Equal(200, await node.MetricAsync("conference_ports_in_use"));
        await sockets[0].LatchAsync([.. sockets.Skip(1)]);
        sockets[0].Say("to all");
        foreach (var socket in sockets.Skip(1))
            Assert.Equal("to all", await socket.HearAsync());

        foreach (var client in clients)
            await client.DisposeAsync();
        await Eventually.EqualAsync(0, () => node.MetricAsync("conference_ports_in_use"));
    }

    [Fact]
    public async Task One_address_gets_as_many_ports_as_the_pool_has_and_then_a_clear_no()
    {
        var ports = FreePorts.Take(2);
        await using var node = await NodeProcess.StartAsync($"Media:Ports={ports.First}-{ports.Last}");
        await using var alice = await TestClient.ConnectAsync(node);
        await using var bob = await TestClient.ConnectAsync(node, "127.0.0.77");
        await alice.ConnAsync("video", "end@127.0.0.1");
        await alice.ConnAsync("audio", "end@127.0.0.1");

        await alice.ExpectAsync("CONN slides end@127.0.0.1", "503 no port free");
        await bob.ConnAsync("video", "end@127.0.0.1");
        await alice.ExpectAsync("DCON audio end@127.0.0.1", "304 audio disconnected");
        await alice.ConnAsync("slides", "end@127.0.0.1");
    }

    [Fact]
    public async Task A_stranger_is_not_heard_and_gets_no_datagram_back()
    {
        await using var node = await NodeProcess.StartAsync();
        await using var alice = await TestClient.ConnectAsync(node);
        await using var bob = await TestClient.ConnectAsync(node);
        var a = await alice.ConnAsync("video", "strangers@127.0.0.1");
        var b = await bob.ConnAsync("video", "strangers@127.0.0.1");
        await a.LatchAsync(b);
        await b.LatchAsync(a);

        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.99"), 0));
        for (int i = 0; i < 10; i++)
            stranger.SendTo("psst"u8, a.RemoteEndPoint!);

        await Eventually.EqualAsync(10, () => node.MetricAsync("conference_datagrams_dropped_total", "stranger"));
        b.Say("friend");
        Assert.Equal("friend", await a.HearAsync());
        Assert.Equal(0, stranger.Available);
        Assert.Equal(0, b.Available);
    }
}
