using System.Diagnostics;
using Conference.Node.Tracing;

namespace Conference.Node.Api;

/// <summary>A span for every call that is to change something. Behind the gate and the routing: of strangers and of what is no call, nothing is kept.</summary>
public sealed class ApiTracing : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        using var span = HttpMethods.IsGet(context.Request.Method) || context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } route }
            ? null
            : NodeTracing.StartRequest(context.Request.Method, route, context.Request.Headers.TraceParent);
        await next(context);
        span?.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span?.SetStatus(ActivityStatusCode.Error);
    }
}
