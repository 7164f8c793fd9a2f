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
        if (IsReading(context.Request.Method) || RequestOrigin.IsOwn(context.Request))
            return next(context);
        metrics.Refused("cross_site");
        return ApiProblems.Forbidden("a page of another site may not ask for this").ExecuteAsync(context);
    }

    private static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
