using Conference.Node.Api;

namespace Conference.Node.Web;

/// <summary>Whose pages may use this node: its own, and those of <c>Web:Origins</c>. Clients that are no browsers say no origin.</summary>
internal sealed class WebOrigins(IReadOnlyList<string> others)
{
    /// <summary>The name of the rules by which a browser lets pages of the others read answers.</summary>
    public const string Policy = "web";

    public bool Allows(HttpRequest request) =>
        RequestOrigin.IsOwn(request) || others.Contains(request.Headers.Origin.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Before every call: what another site's page asks for is not looked at.</summary>
    public ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Allows(context.HttpContext.Request) ? next(context) : ValueTask.FromResult<object?>(WebProblems.ForeignOrigin());
}
