using Conference.Cluster.Tests.Support;
using Conference.Integration.Tests.Operations;

namespace Conference.Cluster.Tests.Console;

/// <summary>Every node's console shows the whole cluster.</summary>
public sealed class ConsoleOverNodesTests
{
    [Fact, Trait("Category", "Cluster")]
    public async Task Every_node_tells_of_all_rooms_of_all_nodes_and_of_one_that_died()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var members = new List<TestClient>();
        foreach (var node in cluster.Nodes)
        {
            var member = await TestClient.ConnectAsync(node);
            members.Add(member);
            await member.ConnAsync("video", $"standup@{node.Address}");
        }

        foreach (var node in cluster.Nodes)
        {
            using var admin = new AdminClient(node);
            await Eventually.EqualAsync(3, async () =>
            {
                var (_, page) = await admin.GetAsync("figures/rooms?find=standup");
                var rooms = page.GetProperty("items").EnumerateArray().ToArray();
                return rooms.Length == 0 ? 0 : rooms[0].GetProperty("nodes").EnumerateObject().Count();
            });
        }

        using var viewer = await EventReader.OpenAsync(cluster.Nodes[0], AdminClient.Token);
        string? state = await viewer.UntilAsync("event: change");
        Assert.Equal(3, state!.Split("\"answers\":true").Length - 1);
        Assert.Equal(3, state.Split("\"condition\":\"ready\"").Length - 1);

        cluster.Nodes[2].Kill();
        Assert.NotNull(await viewer.UntilAsync("left the cluster without a word"));
        foreach (var member in members)
            await member.DisposeAsync();
    }
}
