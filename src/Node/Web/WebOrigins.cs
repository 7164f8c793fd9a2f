using Conference.Node.Api;

namespace Conference.Node.Web;

/// <summary>
/// Whose pages may use this node: its own, those of <c>Web:Origins</c>, and those of the cluster's other nodes, which go on here when theirs is gone. Clients that are no browsers say no origin.
/// </summary>
/// <param name="others"><c>Web:Origins</c></param>
/// <param name="isOfCluster">Whether an origin is another node's.</param>
internal sealed class WebOrigins(IReadOnlyList<string> others, Predicate<string> isOfCluster)
{
    /// <summary>The name of the rules by which a browser lets pages of the others read answers.</summary>
    public const string Policy = "web";

    public bool Allows(HttpRequest request) => RequestOrigin.IsOwn(request) || Knows(request.Headers.Origin.ToString());

    /// <summary>An origin that is not this node's own.</summary>
    public bool Knows(string origin) => others.Contains(origin, StringComparer.OrdinalIgnoreCase) || isOfCluster(origin);

    /// <summary>Before every call: what another site's page asks for is not looked at.</summary>
    public ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Allows(context.HttpContext.Request) ? next(context) : ValueTask.FromResult<object?>(WebProblems.ForeignOrigin());
}
