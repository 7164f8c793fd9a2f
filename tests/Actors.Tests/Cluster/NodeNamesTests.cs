using Conference.Actors.Cluster;
using Conference.Actors.Tests.Support;

namespace Conference.Actors.Tests.Cluster;

/// <summary>Which node an operator means.</summary>
public sealed class NodeNamesTests
{
    private readonly FakeClusterNodes _nodes = new(RoomMakings.Node(1));

    [Fact]
    public void An_id_is_one_nodes_and_a_name_may_be_that_of_several()
    {
        var (first, second) = (_nodes.Add("twin", 2), _nodes.Add("twin", 3));
        Assert.Equal([first.Id, second.Id], _nodes.FindAll("twin").Select(n => n.Id));
        Assert.Equal(second.Id, Assert.Single(_nodes.FindAll(second.Id.Value.ToString("N"))).Id);
        Assert.Equal(second.Id, Assert.Single(_nodes.FindAll(second.Id.ToString())).Id);
        Assert.Equal(_nodes.Self, Assert.Single(_nodes.FindAll("self")).Id);
        Assert.Empty(_nodes.FindAll("nobody"));
    }

    [Fact]
    public void Of_a_node_that_was_killed_and_its_next_life_the_one_that_lives_is_meant()
    {
        var (killed, next) = (_nodes.Add("node", 2), _nodes.Add("node", 3));
        _nodes.Change(killed, n => n with { IsReachable = false });
        Assert.Equal(next.Id, Assert.Single(_nodes.FindAll("node")).Id);
        Assert.Empty(_nodes.Namesakes(next.Card!));
        _nodes.Change(next, n => n with { IsReachable = false });
        Assert.Equal(2, _nodes.FindAll("node").Length);
    }

    [Fact]
    public void Who_has_the_name_of_a_node_that_joins()
    {
        var (first, second, third) = (_nodes.Add("twin", 2), _nodes.Add("twin", 3), _nodes.Add("other", 4));
        Assert.Equal([first.Id], _nodes.Namesakes(second.Card!).Select(n => n.Id));
        Assert.Empty(_nodes.Namesakes(third.Card!));
    }
}
