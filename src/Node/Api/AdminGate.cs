using System.Net;
using Conference.Actors.Calls;
using Conference.Node.Api.Access;
using Conference.Node.Metrics;
using Conference.Node.SignIn;

namespace Conference.Node.Api;

/// <summary>
/// Lets in who says the admin token, or one that was made by the API, as a bearer token, from whatever address; counts the others, and after some wrong
/// tokens makes their address wait. Before routing: who does not belong learns nothing, and nothing it sent is read.
/// </summary>
public sealed class AdminGate(AdminToken admin, AccessTokens tokens, ApiMetrics metrics, TimeProvider time) : IMiddleware
{
    private const string Scheme = "Bearer ";

    private readonly SignInThrottle _throttle = new(capacity: 4096);
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, "no_token", "say the admin token as a bearer token");
            return;
        }

        string said = header[Scheme.Length..].Trim();
        if (admin.Matches(said))
        {
            await LetInAsync(context, next, ApiCaller.Admin);
            return;
        }

        // Before anything is looked up: whoever tries and tries must not cost the store anything.
        bool isKnown = tokens.IsKnown(said);
        if (!isKnown && !Throttle((t, now, from) => t.MayTry(now, from, null), context))
        {
            await CountAsync(context, "too_many", ApiProblems.TooManyRequests("too many wrong tokens from this address"));
            return;
        }

        AccessToken? token;
        try
        {
            token = await tokens.FindAsync(said, context.RequestAborted);
        }
        catch (StoreUnavailableException)
        {
            if (!isKnown)
                Withdraw(context);
            await ApiProblems.TryAgain().ExecuteAsync(context);
            return;
        }

        if (token is null)
        {
            await RefuseAsync(context, "wrong_token", "wrong admin token");
            return;
        }

        if (!isKnown)
            Withdraw(context);
        await LetInAsync(context, next, token.Caller);
    }

    private static Task LetInAsync(HttpContext context, RequestDelegate next, ApiCaller caller)
    {
        context.Features.Set(caller);
        return next(context);
    }

    /// <summary>It was no wrong try.</summary>
    private void Withdraw(HttpContext context) => Throttle(
        (t, now, from) =>
        {
            t.Withdraw(now, from, null);
            return true;
        },
        context);

    private bool Throttle(Func<SignInThrottle, TimeSpan, IPAddress, bool> use, HttpContext context)
    {
        lock (_gate)
            return use(_throttle, time.GetElapsedTime(_start), context.Connection.RemoteIpAddress ?? IPAddress.None);
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
