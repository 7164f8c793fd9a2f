using Conference.Actors.Cluster;
using Conference.Node.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Conference.Node.Tests.Draining;

public sealed class DrainApiTests
{
    [Fact]
    public void A_name_that_several_nodes_have_is_a_conflict_that_names_their_ids()
    {
        var (first, second) = (new NodeId(Guid.NewGuid()), new NodeId(Guid.NewGuid()));
        var problem = Assert.IsType<ProblemHttpResult>(DrainApi.NotOne("twin", [first, second])).ProblemDetails;
        Assert.Equal(409, problem.Status);
        Assert.StartsWith("twin is the name of 2 nodes", problem.Detail, StringComparison.Ordinal);
        Assert.Contains(first.Value.ToString("N"), problem.Detail, StringComparison.Ordinal);
        Assert.Contains(second.Value.ToString("N"), problem.Detail, StringComparison.Ordinal);
        Assert.Equal(404, Assert.IsType<ProblemHttpResult>(DrainApi.NotOne("nobody", [])).StatusCode);
    }
}
