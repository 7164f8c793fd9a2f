using System.Text;
using Conference.Actors.Cluster;
using Conference.Node.Tests.Links.Support;

namespace Conference.Node.Tests.Links;

/// <summary>Nodes that trust each other: what one sends, the other hears.</summary>
public sealed class NodeLinksTests
{
    [Fact]
    public async Task Two_nodes_that_see_each_other_have_one_link_and_it_carries_messages_both_ways()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        LinkHost.Meet(a, b);

        Assert.Equal("up b", await a.Recorder.NextAsync());
        Assert.Equal("up a", await b.Recorder.NextAsync());
        Assert.True(a.TrySend(b, "ping"));
        Assert.Equal("a: ping", await b.Recorder.NextAsync());
        Assert.True(b.TrySend(a, "pong"));
        Assert.Equal("b: pong", await a.Recorder.NextAsync());
        Assert.Equal("reachable b", await a.Recorder.NextReachabilityAsync());
        Assert.Equal("reachable a", await b.Recorder.NextReachabilityAsync());
    }
}
