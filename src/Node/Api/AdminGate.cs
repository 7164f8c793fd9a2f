using System.Net;
using Conference.Node.SignIn;
using Conference.Node.Metrics;

namespace Conference.Node.Api;

/// <summary>
/// Lets in who says the admin token as a bearer token, from whatever address; counts the others, and after some wrong
/// tokens makes their address wait. Before routing: who does not belong learns nothing, and nothing it sent is read.
/// </summary>
public sealed class AdminGate(AdminToken token, ApiMetrics metrics, TimeProvider time) : IMiddleware
{
    private const string Scheme = "Bearer ";

    private readonly SignInThrottle _throttle = new(capacity: 4096);
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string said = context.Request.Headers.Authorization.ToString();
        if (!said.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return RefuseAsync(context, "no_token", "say the admin token as a bearer token");
        if (token.Matches(said[Scheme.Length..].Trim()))
            return next(context);
        lock (_gate)
        {
            if (!_throttle.MayTry(time.GetElapsedTime(_start), context.Connection.RemoteIpAddress ?? IPAddress.None, null))
                return CountAsync(context, "too_many", ApiProblems.TooManyRequests("too many wrong tokens from this address"));
        }

        return RefuseAsync(context, "wrong_token", "wrong admin token");
    }

    private Task RefuseAsync(HttpContext context, string reason, string detail)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return CountAsync(context, reason, ApiProblems.Unauthorized(detail));
    }

    private Task CountAsync(HttpContext context, string reason, IResult result)
    {
        metrics.Refused(reason);
        return result.ExecuteAsync(context);
    }
}
