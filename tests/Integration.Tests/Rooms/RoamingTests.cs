using System.Net;
using System.Net.Sockets;

namespace Conference.Integration.Tests.Rooms;

/// <summary>Media that moves, as a client sees it.</summary>
public sealed class RoamingTests
{
    [Fact]
    public async Task A_client_whose_address_changes_goes_on_by_its_token_and_its_eavesdropper_does_not()
    {
        await using var node = await NodeProcess.StartAsync();
        await using var alice = await TestClient.ConnectAsync(node);
        await using var bob = await TestClient.ConnectAsync(node, "127.0.0.2");
        var a = await alice.ConnAsync("video", "roam@127.0.0.1");
        var b = await bob.ConnAsync("video", "roam@127.0.0.1");
        await a.LatchAsync(b);
        await b.LatchAsync(a);
        byte[] token = await TokenAsync(bob);

        using var moved = SocketAt("127.0.0.44", b);
        moved.Send([.. token, .. "moved"u8]);
        Assert.Equal("moved", await a.HearAsync());
        a.Say("for bob");
        Assert.Equal("for bob", await moved.HearAsync());
        string line = (await bob.ReadAsync())!;
        Assert.Matches("^122 roam [0-9a-f]{16}$", line);

        using var mallory = SocketAt("127.0.0.66", b);
        mallory.Send([.. token, .. "mine"u8]);
        await Eventually.EqualAsync(1, () => node.MetricAsync("conference_datagrams_dropped_total", "stranger"));
        mallory.Send([.. token, .. "mine"u8]);
        await Eventually.EqualAsync(2, () => node.MetricAsync("conference_datagrams_dropped_total", "stranger"));
        a.Say("still bob's");
        Assert.Equal("still bob's", await moved.HearAsync());

        // And by the next one, back again.
        b.Send([.. Convert.FromHexString(line[^16..]), .. "back"u8]);
        Assert.Equal("back", await a.HearAsync());
        Assert.Equal(0, mallory.Available);
    }

    [Fact]
    public async Task A_session_on_ipv6_has_its_media_on_ipv4_and_a_port_that_comes_later_too()
    {
        await using var node = await NodeProcess.StartAsync();
        await using var alice = await TestClient.ConnectAsync(node);
        await using var six = await TestClient.ConnectAsync(node, "::1");
        byte[] token = await TokenAsync(six);
        var a = await alice.ConnAsync("audio", "families@127.0.0.1");
        var s = await six.ConnAsync("audio", "families@[::1]");
        a.Send(Array.Empty<byte>());
        using var four = SocketAt("127.0.0.9", s);
        four.Send([.. token, .. "by four"u8]);
        Assert.Equal("by four", await a.HearAsync());
        a.Say("for six");
        Assert.Equal("for six", await four.HearAsync());
    }

    [Fact]
    public async Task Where_it_is_forbidden_it_is_refused()
    {
        await using var node = await NodeProcess.StartAsync("Qcvc:Roaming=false");
        await using var joe = await TestClient.ConnectAsync(node);
        await joe.ExpectAsync("SETP session roam on", "510 session on could not set roam");
        await joe.ExpectAsync("GETP session roam", "310 session off");
    }

    private static async Task<byte[]> TokenAsync(TestClient client)
    {
        string answer = await client.AskAsync("SETP session roam on");
        Assert.Matches("^310 session [0-9a-f]{16}$", answer);
        return Convert.FromHexString(answer[^16..]);
    }

    /// <summary>At another address, to the same number.</summary>
    private static Socket SocketAt(string address, Socket like)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        socket.Connect(IPAddress.Loopback, ((IPEndPoint)like.RemoteEndPoint!).Port);
        return socket;
    }
}
