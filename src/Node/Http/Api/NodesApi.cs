using System.Globalization;
using Conference.Actors.Cluster;
using Conference.Node.Cluster;

namespace Conference.Node.Http.Api;

/// <summary><c>nodes</c>: who is in the cluster, as this node knows it; in the order they came.</summary>
internal static class NodesApi
{
    public static void MapNodes(this RouteGroupBuilder api) => api.MapGet("/nodes", List);

    private static IResult List(ConferenceHost host, ILinkHealth links, string? after, int? limit)
    {
        if (!ApiContext.IsLimit(limit))
            return ApiProblems.BadRequest($"limit must be 1 to {ApiContext.MaxLimit}");
        int last = -1;
        if (after is not null && !int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out last))
            return ApiProblems.BadRequest("after is not a cursor of this list");
        int most = limit ?? ApiContext.DefaultLimit;
        var view = host.Cluster.View;
        var nodes = view.Nodes.Where(n => n.Number > last).OrderBy(n => n.Number).ToArray();
        var items = nodes.Take(most).Select(n => Model(n, view, host, links)).ToArray();
        return TypedResults.Ok(new Page<NodeModel>(
            items, nodes.Length > most ? nodes[most - 1].Number.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static NodeModel Model(ClusterNode node, ClusterView view, ConferenceHost host, ILinkHealth links)
    {
        var owned = view.Shards.Where(s => s.Owner == node.Id).ToArray();
        bool isSelf = node.Id == host.Cluster.Self;
        var counts = isSelf ? host.Counts : null;
        return new NodeModel(
            node.Id.Value.ToString("N"), node.Name, node.Number, isSelf, node.State.ToString().ToLowerInvariant(), node.Host, node.Link.ToString(),
            owned.Length, owned.Count(s => s.IsDraining), owned.Select(s => s.Epoch).DefaultIfEmpty().Max(),
            isSelf ? host.LeaseLeft?.TotalSeconds : null, counts?.Sessions, counts?.Rooms, counts?.Members,
            links.Of(node.Id) is { } link ? LinkModel.Of(link) : null);
    }
}
