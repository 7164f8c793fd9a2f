using System.Diagnostics;
using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Domains;

/// <summary>A domain is made and removed at one node, and is at all of them.</summary>
public sealed class DomainsOverNodesTests
{
    private static readonly TimeSpan _known = TimeSpan.FromSeconds(1);

    [Fact, Trait("Category", "Cluster")]
    public async Task What_is_made_at_one_node_is_served_at_the_other_within_a_second_and_gone_from_both()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (first, second) = (cluster.Nodes[0], cluster.Nodes[1]);
        using var admin = new AdminClient(first);
        using var other = new AdminClient(second);
        Assert.Equal(201, (await admin.PutAsync("domains/acme.example", "{}")).Status);
        Assert.Equal(201, (await admin.PutAsync("domains/globex.example", """{"maxSessions":1}""")).Status);
        long made = Stopwatch.GetTimestamp();
        await using var joe = await SignInAsync(second, "joe@globex.example");
        Assert.InRange(Stopwatch.GetElapsedTime(made), TimeSpan.Zero, _known);
        await using var namesake = await SignInAsync(second, "joe@acme.example");

        // One room over both nodes, and one of the same name that is another's.
        await using var ann = await SignInAsync(first, "ann@acme.example");
        var (from, to, stranger) = (await ann.ConnAsync("video", "standup@acme.example"), await namesake.ConnAsync("video", "standup@acme.example"),
            await joe.ConnAsync("video", "standup@globex.example"));
        await from.LatchAsync(to);
        stranger.Say("not heard");
        from.Say("for acme");
        Assert.Equal("for acme", await to.HearAsync());
        await ann.SendAsync("SEND chat for acme\r\n");
        Assert.Equal("203 chat for acme", await namesake.ReadAsync());
        await joe.ExpectAsync("NOOP", "200 ok");
        Assert.Equal(2, (await other.GetAsync("domains/acme.example/rooms/standup")).Body.GetProperty("members").GetArrayLength());
        Assert.Equal(1, (await other.GetAsync("domains/globex.example/rooms/standup")).Body.GetProperty("members").GetArrayLength());

        // What one node holds of a domain counts on the other.
        await Eventually.EqualAsync(1, () => SessionsAsync(admin));
        await using var late = await TestClient.ConnectAsync(first);
        await late.ExpectAsync("AUTH ANONYMOUS late@globex.example", "504 globex.example is full");

        Assert.Equal(200, (await admin.PutAsync("domains/acme.example/rooms/kept", "{}")).Status);
        Assert.Equal(204, (await other.DeleteAsync("domains/acme.example")).Status);
        Assert.Equal("421 acme.example is gone", await ann.ReadAsync());
        Assert.Equal("421 acme.example is gone", await namesake.ReadAsync());
        await joe.ExpectAsync("NOOP", "200 ok");
        await Eventually.EqualAsync(404, async () => (await admin.GetAsync("domains/acme.example/rooms")).Status);
        Assert.Equal(201, (await admin.PutAsync("domains/acme.example", "{}")).Status);
        Assert.Equal(404, (await admin.GetAsync("domains/acme.example/rooms/kept")).Status);
        Assert.Equal(2, (await admin.GetAsync("domains/acme.example/calls")).Body.GetProperty("items").GetArrayLength());

        // A node that is gone holds nothing.
        second.Kill();
        await Eventually.EqualAsync(0, () => SessionsAsync(admin));
        await late.ExpectAsync("AUTH ANONYMOUS late@globex.example", "204 late");
    }

    private static async Task<int> SessionsAsync(AdminClient admin) =>
        (await admin.GetAsync("domains/globex.example")).Body.GetProperty("use").GetProperty("sessions").GetInt32();

    /// <summary>Tried until the node knows the domain: a session that named it too early is of another.</summary>
    private static async Task<TestClient> SignInAsync(NodeProcess node, string name)
    {
        while (true)
        {
            var client = await TestClient.ConnectAsync(node);
            string answer = await client.AskAsync($"AUTH ANONYMOUS {name}");
            if (answer == $"204 {name.Split('@')[0]}")
                return client;
            Assert.Equal("504 not served here", answer);
            await client.DisposeAsync();
        }
    }
}
