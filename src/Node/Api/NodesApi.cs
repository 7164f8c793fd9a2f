using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Akka.Cluster;
using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Node.Api.Access;

namespace Conference.Node.Api;

/// <summary><c>nodes</c>: who is in the cluster, as this node knows it; in the order they came.</summary>
internal static class NodesApi
{
    public static void MapNodes(this RouteGroupBuilder api) =>
        api.MapGet("/nodes", List).WithName("listNodes").Needs(Rights.Read).Produces<Page<NodeModel>>().ProducesProblem(400);

    /// <summary>Nodes of the cluster that are not down, as this one knows them, in the order they came.</summary>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static IResult List(
        NodeActors actors, ConferenceMetrics metrics, string? after, [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit)
    {
        long last = -1;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out last))
            return ApiProblems.NoCursor();
        int most = limit ?? ApiContext.DefaultLimit;
        var nodes = actors.Nodes.All.Where(n => NumberOf(n) > last).OrderBy(NumberOf).ToArray();
        var items = nodes.Take(most).Select(n => Model(n, n.Id == actors.Nodes.Self ? metrics : null)).ToArray();
        return TypedResults.Ok(new Page<NodeModel>(
            items, nodes.Length > most ? NumberOf(nodes[most - 1]).ToString(CultureInfo.InvariantCulture) : null));
    }

    /// <summary>One that has not said it yet is the latest.</summary>
    private static long NumberOf(ClusterNode node) => node.Card?.Number ?? long.MaxValue;

    private static NodeModel Model(ClusterNode node, ConferenceMetrics? self) => new(
        node.Id.Value.ToString("N"), node.Card?.Name, node.Card?.Number ?? 0, self is not null, StateOf(node.Status), node.IsReachable,
        node.Card?.IsDraining ?? false, node.Card?.Host, $"{node.Address.Host}:{node.Address.Port}", self?.ShardsOwned,
        self?.Counts.Sessions, self?.Counts.Rooms, self?.Counts.Members);

    private static string StateOf(MemberStatus status) => status switch
    {
        MemberStatus.Joining or MemberStatus.WeaklyUp => "joining",
        MemberStatus.Up => "up",
        _ => "leaving",
    };
}
