using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conference.Integration.Tests.Rooms;

/// <summary>A call that survives a change of network, as a client sees it.</summary>
public sealed class ResumeTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    [Fact]
    public async Task A_client_comes_back_from_elsewhere_and_goes_on_by_the_ports_it_had()
    {
        var node = fixture.Node;
        await using var alice = await TestClient.ConnectAsync(node);
        await alice.ExpectAsync("AUTH ANONYMOUS resumed-alice", "204 resumed-alice");
        await alice.ExpectAsync("SETP session events on", "310 session on");
        var a = await alice.ConnAsync("video", "resume@127.0.0.1");

        string token;
        byte[] roam;
        Socket b;
        await using (var bob = await TestClient.ConnectAsync(node, "127.0.0.2"))
        {
            await bob.ExpectAsync("AUTH ANONYMOUS resumed-bob", "204 resumed-bob");
            b = await bob.ConnAsync("video", "resume@127.0.0.1");
            Assert.Equal("110 joined resumed-bob@127.0.0.1", await alice.ReadAsync());
            await a.LatchAsync(b);
            await b.LatchAsync(a);
            token = (await bob.AskAsync("SETP session resume on")).Split(' ')[2];
            roam = Convert.FromHexString((await bob.AskAsync("SETP session roam on")).Split(' ')[2]);
            b = Duplicate(b);
        }

        await alice.SendAsync("SEND chat while you were away\r\n");
        await using var back = await TestClient.ConnectAsync(node, "127.0.0.44");
        // What is said behind it is the resumed session's already.
        await back.SendAsync($"AUTH RESUME {token}\r\nGETP session name\r\n");
        Assert.Equal("204 resumed-bob", await back.ReadAsync());
        // The words may still be on their way.
        string?[] lines = [await back.ReadAsync(), await back.ReadAsync()];
        Assert.Contains("203 chat while you were away", lines);
        Assert.Contains("310 session resumed-bob", lines);
        using var moved = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        moved.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.44"), 0));
        moved.Connect(b.RemoteEndPoint!);
        moved.Send([.. roam, .. "moved"u8]);
        Assert.Equal("moved", await a.HearAsync());
        a.Say("for bob");
        Assert.Equal("for bob", await moved.HearAsync());
        await alice.ExpectAsync("NOOP", "200 ok");
        b.Dispose();

        // Once more, and then for good.
        await using var again = await TestClient.ConnectAsync(node, "127.0.0.45");
        await again.ExpectAsync($"AUTH RESUME {token}", "204 resumed-bob");
        string? line;
        do
        {
            line = await back.ReadAsync();
        }
        while (line is not null && line.StartsWith("122 ", StringComparison.Ordinal));
        Assert.Equal("421 resumed elsewhere", line);
        Assert.Null(await back.ReadAsync());
        await again.ExpectAsync("QUIT", "421 quit");
        Assert.Equal("111 left resumed-bob@127.0.0.1", await alice.ReadAsync());
        await using var late = await TestClient.ConnectAsync(node);
        await late.ExpectAsync($"AUTH RESUME {token}", "504 nothing to resume");
    }

    [Fact]
    public async Task Pipelined_behind_a_refusal_everything_is_answered_by_the_session_there_is()
    {
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        var many = new StringBuilder();
        for (int i = 0; i < 3; i++)
            many.Append("AUTH RESUME 00\r\nNOOP\r\n");
        await client.SendAsync(many.ToString());
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("504 nothing to resume", await client.ReadAsync());
            Assert.Equal("200 ok", await client.ReadAsync());
        }
    }

    /// <summary>One that outlives its client.</summary>
    private static Socket Duplicate(Socket socket)
    {
        var copy = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        copy.Connect(socket.RemoteEndPoint!);
        return copy;
    }
}
