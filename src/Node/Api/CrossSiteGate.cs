using Conference.Node.Metrics;

namespace Conference.Node.Api;

/// <summary>
/// Refuses what a page of another site makes a browser send, where it would change something. There is no cookie it could ride on, and the
/// token is in no page but ours: this is the second lock. Clients that are no browsers say neither header.
/// </summary>
public sealed class CrossSiteGate(ApiMetrics metrics) : IMiddleware
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (IsReading(context.Request.Method) || IsOurs(context.Request))
            return next(context);
        metrics.Refused("cross_site");
        return ApiProblems.Forbidden("a page of another site may not ask for this").ExecuteAsync(context);
    }

    private static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsOurs(HttpRequest request)
    {
        // What the browser itself says of it is true even behind a proxy that changes Host; it says so only over TLS or to this machine.
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, Authority(request), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>As a browser writes it in an origin: without the port that goes without saying.</summary>
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"http://{request.Host.Value}", UriKind.Absolute, out var uri) ? uri.Authority : "";
}
