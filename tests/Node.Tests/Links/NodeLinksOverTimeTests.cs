using System.Net;
using Conference.Actors.TestKit;
using Conference.Node.Tests.Links.Support;

namespace Conference.Node.Tests.Links;

/// <summary>Nodes that come, go, come back, or say nothing.</summary>
public sealed class NodeLinksOverTimeTests
{
    [Fact]
    public async Task A_node_that_leaves_the_view_has_no_link_any_more()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        await using var c = await LinkHost.StartAsync(3);
        LinkHost.Meet(a, b, c);
        await UpAsync(a, 2);

        a.Cluster.Set(a.Node, c.Node);

        Assert.Equal("down b", await a.Recorder.NextAsync());
        Assert.False(a.TrySend(b, "hello"));
        Assert.True(a.TrySend(c, "hello"));
        Assert.Null(a.Links.Of(b.Id));
    }

    [Fact]
    public async Task A_node_that_was_fenced_links_anew_under_its_new_id()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        await using var c = await LinkHost.StartAsync(3);
        LinkHost.Meet(a, b, c);
        foreach (var host in new[] { a, b, c })
            await UpAsync(host, 2);

        // b goes on as d: the last, which everybody dials.
        b.Cluster.Rename(LinkHost.IdOf(4), a.Node, FakeCluster.Node(LinkHost.IdOf(4), b.Links.LocalEndPoint, "d"), c.Node);
        a.Cluster.Set(a.Node, b.Node, c.Node);
        c.Cluster.Set(a.Node, b.Node, c.Node);

        // Of two nodes, as far as the others can tell: in whatever order.
        foreach (var host in new[] { a, c })
            Assert.Equal(["down b", "up d"], new[] { await host.Recorder.NextAsync(), await host.Recorder.NextAsync() }.Order());
        var heard = new List<string>();
        for (int i = 0; i < 4; i++)
            heard.Add(await b.Recorder.NextAsync());
        Assert.Equal(["down a", "up a"], heard.Where(h => h.EndsWith('a')));
        Assert.Equal(["down c", "up c"], heard.Where(h => h.EndsWith('c')));
        Assert.True(a.Links.TrySend(LinkHost.IdOf(4), "hello"u8));
        Assert.Equal("a: hello", await b.Recorder.NextAsync());
    }

    [Fact]
    public async Task A_node_that_is_started_again_at_the_same_address_is_linked_under_its_new_id()
    {
        await using var a = await LinkHost.StartAsync(1);
        var b = await LinkHost.StartAsync(2);
        LinkHost.Meet(a, b);
        await UpAsync(a, 1);
        var address = b.Links.LocalEndPoint;
        await b.DisposeAsync();
        Assert.Equal("down b", await a.Recorder.NextAsync());

        await using var next = await LinkHost.StartAsync(3, o => o with { Listen = address });
        next.Cluster.Set(a.Node, next.Node);
        // The old id is still in the view: what listens there now says that it is somebody else.
        await LinkHost.UntilAsync(() => a.Refused("wrong_node") > 0);
        a.Cluster.Set(a.Node, next.Node);

        Assert.Equal("up c", await a.Recorder.NextAsync());
        Assert.True(a.TrySend(next, "hello"));
        Assert.Equal("up a", await next.Recorder.NextAsync());
        Assert.Equal("a: hello", await next.Recorder.NextAsync());
    }

    [Fact]
    public async Task Both_sides_cut_a_link_on_which_nothing_comes_and_a_new_one_does_not_bring_what_the_old_one_held()
    {
        var time = new VirtualTime();
        await using var a = await LinkHost.StartAsync(1, time: time);
        await using var b = await LinkHost.StartAsync(2, time: time);
        await using var network = new Relay(b.Links.LocalEndPoint);
        b.Cluster.Set(a.Node, b.Node);
        a.Cluster.Set(a.Node, FakeCluster.Node(b.Id, network.EndPoint, "b"));
        await UpAsync(a, 1);
        await UpAsync(b, 1);

        network.Freeze();
        Assert.True(a.TrySend(b, "old"));
        // What was on its way when the network stood still may yet arrive, and counts as a sign of life.
        await LinkHost.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return !a.IsLinkedTo(b.Id) && !b.IsLinkedTo(a.Id);
        });

        Assert.Equal("down b", await a.Recorder.NextAsync());
        Assert.Equal("down a", await b.Recorder.NextAsync());
        Assert.Equal(1, a.Lost("silent") + a.Lost("broken"));
        Assert.Equal(1, b.Lost("silent") + b.Lost("broken"));
        Assert.False(a.TrySend(b, "between"));
        network.Thaw();
        await using var clock = new RealPace(time);
        Assert.Equal("up b", await a.Recorder.NextAsync());
        Assert.True(a.TrySend(b, "new"));
        Assert.Equal("up a", await b.Recorder.NextAsync());
        Assert.Equal("a: new", await b.Recorder.NextAsync());
    }

    [Fact]
    public async Task A_peer_that_reads_nothing_is_cut_although_it_still_speaks()
    {
        var time = new VirtualTime();
        await using var b = await LinkHost.StartAsync(2, time: time);
        b.Cluster.Set(FakeCluster.Node(LinkHost.IdOf(1), new IPEndPoint(IPAddress.Loopback, 1), "a"), b.Node);
        await using var deaf = await Stranger.ConnectAsync(b);
        await deaf.ShakeHandsAsync(b, LinkHost.IdOf(1));
        Assert.Equal("up a", await b.Recorder.NextAsync());

        byte[] message = new byte[100_000];
        while (b.Links.TrySend(LinkHost.IdOf(1), message))
        {
        }

        // It says something all the time, and so is not silent: messages of no bytes.
        for (int said = 1; !IsCut(); said++)
        {
            Assert.InRange(said, 1, 30);
            if (!await deaf.TrySendAsync([0, 0, 0, 0]))
                break;
            await LinkHost.UntilAsync(() => IsCut() || b.Metric("conference_link_messages_total{direction=\"in\"}") == said);
            time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal(0, b.Lost("silent"));
        await LinkHost.UntilAsync(() => b.Lost("stalled") == 1);
        Assert.False(b.Links.TrySend(LinkHost.IdOf(1), message));

        bool IsCut() => !b.IsLinkedTo(LinkHost.IdOf(1));
    }

    [Fact]
    public async Task Whoever_suspects_nodes_hears_of_every_link_that_comes_and_goes()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        LinkHost.Meet(a, b);
        Assert.Equal("linked b", await a.Recorder.NextObservedAsync());
        Assert.Equal("linked a", await b.Recorder.NextObservedAsync());

        // a does not see b for a moment, and cuts the link.
        a.Cluster.Set(a.Node);
        Assert.Equal("unlinked b", await a.Recorder.NextObservedAsync());
        Assert.Equal("unlinked a", await b.Recorder.NextObservedAsync());
        a.Cluster.Set(a.Node, b.Node);
        Assert.Equal("linked b", await a.Recorder.NextObservedAsync());
        Assert.Equal("linked a", await b.Recorder.NextObservedAsync());
    }

    [Fact]
    public async Task A_new_link_of_a_peer_takes_the_place_of_the_old_one()
    {
        await using var b = await LinkHost.StartAsync(2);
        b.Cluster.Set(FakeCluster.Node(LinkHost.IdOf(1), new IPEndPoint(IPAddress.Loopback, 1), "a"), b.Node);
        await using var first = await Stranger.ConnectAsync(b);
        await first.ShakeHandsAsync(b, LinkHost.IdOf(1));
        Assert.Equal("up a", await b.Recorder.NextAsync());

        await using var second = await Stranger.ConnectAsync(b);
        await second.ShakeHandsAsync(b, LinkHost.IdOf(1));

        Assert.Equal("down a", await b.Recorder.NextAsync());
        Assert.Equal("up a", await b.Recorder.NextAsync());
        await first.EndAsync();
        Assert.Equal(1, b.Lost("replaced"));
        await second.SendAsync([2, 0, 0, 0, (byte)'h', (byte)'i']);
        Assert.Equal("a: hi", await b.Recorder.NextAsync());
    }

    private static async Task UpAsync(LinkHost host, int links)
    {
        for (int i = 0; i < links; i++)
            Assert.StartsWith("up ", await host.Recorder.NextAsync());
    }
}
