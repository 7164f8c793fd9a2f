using Conference.Actors.Cluster;
using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Serialization;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Remoting;

/// <summary>What a node says of itself crosses to another as it is.</summary>
public sealed class FiguresTests : ClusterTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_is_asked_for_its_figures_with_its_rooms_or_without(bool withRooms)
    {
        var (a, refs) = Join("a", null);
        var (b, _) = Join("b", new Figures());
        Cluster.AwaitIdle();

        var read = await refs.Figures(b.Id).Ask<FiguresRead>(new ReadFigures(withRooms), TimeSpan.FromSeconds(1)).WaitAsync(a.Patience);

        Assert.Equal(withRooms ? new byte[] { 1, 2, 3 } : [1], read.Content.ToArray());
    }

    [Fact]
    public async Task A_node_that_has_none_yet_says_nothing()
    {
        var (_, refs) = Join("a", null);
        var (b, _) = Join("b", new Figures { IsEmpty = true });
        Cluster.AwaitIdle();

        var asked = refs.Figures(b.Id).Ask<FiguresRead>(new ReadFigures(false), TimeSpan.FromSeconds(1));
        Cluster.AwaitIdle();
        Cluster.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<AskTimeoutException>(() => asked.WaitAsync(b.Patience));
    }

    private (TestNode Node, NodeRefs Refs) Join(string name, INodeFigures? figures)
    {
        var node = Join(
            name,
            (node, remote) =>
            {
                if (figures is not null)
                    remote.Register(WellKnownActor.Figures, node.Sys.ActorOf(FiguresActor.Props(figures), "figures"));
            },
            ConferenceMessages.Instance);
        return (node, new NodeRefs(RemoteOf(node)));
    }

    private sealed class Figures : INodeFigures
    {
        public bool IsEmpty { get; init; }

        public ReadOnlyMemory<byte>? Latest(bool withRooms) => IsEmpty ? default(ReadOnlyMemory<byte>?) : withRooms ? new byte[] { 1, 2, 3 } : new byte[] { 1 };
    }
}
