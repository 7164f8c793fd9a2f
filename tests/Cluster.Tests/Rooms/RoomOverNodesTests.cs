using System.Net.Sockets;
using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Rooms;

/// <summary>One room whose members are on three nodes behaves as on one.</summary>
public sealed class RoomOverNodesTests
{
    [Fact, Trait("Category", "Cluster")]
    public async Task Media_chat_list_and_events_reach_everybody_once()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var clients = new List<TestClient>();
        var sockets = new List<Socket>();
        try
        {
            foreach (var (node, name) in cluster.Nodes.Zip((string[])["alice", "bob", "carol"]))
            {
                var client = await TestClient.ConnectAsync(node);
                clients.Add(client);
                await client.ExpectAsync($"AUTH ANONYMOUS {name}", $"204 {name}");
                await client.ExpectAsync("SETP session events on", "310 session on");
                await client.ExpectAsync("SETP chat sender on", "310 chat on");
                sockets.Add(await client.ConnAsync("video", $"standup@{node.Address}"));
                foreach (var earlier in clients.SkipLast(1))
                    Assert.Equal($"110 joined {name}@{earlier.Server}", await earlier.ReadAsync());
            }

            await sockets[0].LatchAsync(sockets[1], sockets[2]);
            await sockets[1].LatchAsync(sockets[0], sockets[2]);
            sockets[0].Say("from alice");
            Assert.Equal("from alice", await sockets[1].HearAsync());
            Assert.Equal("from alice", await sockets[2].HearAsync());
            sockets[2].Say("from carol");
            Assert.Equal("from carol", await sockets[0].HearAsync());
            Assert.Equal("from carol", await sockets[1].HearAsync());

            await clients[1].SendAsync("SEND chat good morning\r\n");
            Assert.Equal($"203 chat bob@{clients[0].Server} good morning", await clients[0].ReadAsync());
            Assert.Equal($"203 chat bob@{clients[2].Server} good morning", await clients[2].ReadAsync());

            await clients[2].SendAsync($"LIST standup@{clients[2].Server}\r\n");
            foreach (string line in (string[])["211 alice video", "211 bob video", "211 carol video", "211 end"])
                Assert.Equal(line, await clients[2].ReadAsync());

            await clients[0].ExpectAsync($"STAT carol@{clients[0].Server}", "202 online");
            await clients[2].ExpectAsync("QUIT", "421 quit");
            Assert.Equal($"111 left carol@{clients[0].Server}", await clients[0].ReadAsync());
            Assert.Equal($"111 left carol@{clients[1].Server}", await clients[1].ReadAsync());
        }
        finally
        {
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_operator_mutes_and_puts_out_through_any_node()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var alice = await TestClient.ConnectAsync(cluster.Nodes[0]);
        await using var bob = await TestClient.ConnectAsync(cluster.Nodes[1]);
        await alice.ExpectAsync("AUTH ANONYMOUS alice", "204 alice");
        var from = await alice.ConnAsync("video", $"standup@{cluster.Nodes[0].Address}");
        var to = await bob.ConnAsync("video", $"standup@{cluster.Nodes[1].Address}");
        await from.LatchAsync(to);

        foreach (var node in cluster.Nodes)
        {
            using var admin = new AdminClient(node);
            var (_, room) = await admin.GetAsync("rooms/standup");
            Assert.Equal(2, room.GetProperty("members").GetArrayLength());
            Assert.Equal(["standup"], (await admin.GetAsync("rooms")).Body.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        }

        using var operators = new AdminClient(cluster.Nodes[1]);
        Assert.Equal(204, (await operators.PutAsync("rooms/standup/members/alice/mute", """{"muted":true}""")).Status);
        from.Say("not heard");
        Assert.Equal(204, (await operators.PutAsync("rooms/standup/members/alice/mute", """{"muted":false}""")).Status);
        await Eventually.IsTrueAsync(
            () =>
            {
                from.Say("heard");
                return to.Available > 0;
            },
            TimeSpan.FromSeconds(5));
        Assert.Equal("heard", await to.HearAsync());
        Assert.Equal(204, (await operators.DeleteAsync("rooms/standup/members/alice")).Status);
        await Eventually.EqualAsync(1, async () => (await operators.GetAsync("rooms/standup")).Body.GetProperty("members").GetArrayLength());
    }
}
