using System.Globalization;
using System.Net;
using Akka.Actor;
using Conference.Node.Limits;
using Conference.Node.Settings;
using Conference.Node.Web.Lines;
using Conference.Node.Web.Sdp;
using Conference.Node.Web.Whip;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Mvc;

namespace Conference.Node.Web;

/// <summary>What a browser needs to join: <c>/qcvc</c>, lines of QCVC in a WebSocket; <c>/qcvc/{token}</c>, offers and answers.</summary>
internal static class WebEndpoints
{
    /// <summary>A tab that vanishes says nothing: it is asked now and then whether it is there.</summary>
    private static readonly WebSocketAcceptContext _acceptance = new() { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) };

    /// <param name="services">Of the node.</param>
    /// <param name="web">Its settings.</param>
    /// <param name="isOfCluster">Made once: whether an origin is another node's.</param>
    public static IServiceCollection AddWeb(this IServiceCollection services, WebSettings web, Func<IServiceProvider, Predicate<string>> isOfCluster)
    {
        services.AddOptions<CorsOptions>().Configure<WebOrigins>((cors, origins) => cors.AddPolicy(WebOrigins.Policy, policy => policy
            .SetIsOriginAllowed(origins.Knows).WithMethods("POST", "PUT", "PATCH", "DELETE").WithHeaders("Content-Type", "Authorization", "If-Match")
            .WithExposedHeaders("Location", "ETag")));
        return services
            .AddSingleton<WebSessions>()
            .AddSingleton<WebClients>()
            .AddSingleton<WhipSessions>()
            .AddSingleton(s => new WebOrigins(web.Origins, isOfCluster(s)))
            .AddSingleton(new WebAddress(web.Advertise))
            .AddCors();
    }

    /// <summary>A group of calls that pages of other sites may not make, and that take an offer.</summary>
    public static RouteGroupBuilder MapWebGroup(this WebApplication app, string prefix)
    {
        var group = app.MapGroup(prefix).ExcludeFromDescription();
        group.RequireCors(WebOrigins.Policy).WithMetadata(new RequestSizeLimitAttribute(SdpSession.MaxLength));
        group.AddEndpointFilter(app.Services.GetRequiredService<WebOrigins>().CheckAsync).AddEndpointFilter(AnswerTryAgain).AddEndpointFilter(KeepNothing);
        return group;
    }

    public static void MapWeb(this WebApplication app)
    {
        var qcvc = app.MapWebGroup("/qcvc");
        qcvc.MapGet("", ConnectAsync);
        qcvc.MapPost("/{token}", BeginAsync);
        qcvc.MapPut("/{token}", ChangeAsync);
        qcvc.MapDelete("/{token}", EndAsync);
    }

    public static WebCaller CallerOf(HttpContext context)
    {
        var client = (context.Connection.RemoteIpAddress ?? IPAddress.None).Plain();
        return new WebCaller(
            client, context.Connection.LocalIpAddress?.Plain(),
            new LinkSecurity(context.Request.IsHttps, IPAddress.IsLoopback(client), CanStartTls: false), context.Request.Host.Host is { Length: > 0 } host ? host : null);
    }

    private static async Task<IResult> ConnectAsync(HttpContext context, WebClients clients, ClientPlaces places)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return WebProblems.NotASocket();
        // It stays for hours, and must not take from operators what they see the node by.
        if (context.Features.Get<IConnectionPlace>() is { } place && !place.TryMove(places.All))
            return WebProblems.Of(StatusCodes.Status503ServiceUnavailable, "server full");
        var caller = CallerOf(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(_acceptance);
        var pipe = new WebSocketPipe(socket);
        await pipe.RunAsync(() => clients.ServeAsync(pipe, context.Abort, caller));
        return Results.Empty;
    }

    private static Task<IResult> BeginAsync(HttpContext context, string token, WebSessions sessions, WebAddress address) =>
        OfferAsync(context, sessions.Find(token), address, (session, offer, here) => session.BeginAsync(offer, here), StatusCodes.Status201Created);

    private static Task<IResult> ChangeAsync(HttpContext context, string token, WebSessions sessions, WebAddress address) =>
        OfferAsync(context, sessions.Find(token), address, (session, offer, here) => session.ChangeAsync(offer, here), StatusCodes.Status200OK);

    private static async Task<IResult> EndAsync(string token, WebSessions sessions)
    {
        if (sessions.Find(token) is not { } session)
            return WebProblems.NoSession();
        return await session.EndAsync() ? Results.NoContent() : WebProblems.Conflict(WebAnswer.Conflict.NotConnected.Why);
    }

    private static async Task<IResult> OfferAsync(
        HttpContext context, WebSession? session, WebAddress address, Func<WebSession, Offer, IPAddress, Task<WebAnswer>> take, int status)
    {
        if (session is null)
            return WebProblems.NoSession();
        var (offer, problem) = await OfferBody.ReadAsync(context.Request);
        if (offer is null)
            return problem!;
        if (await address.OfAsync(CallerOf(context)) is not { } here)
            return WebProblems.TryAgain();
        return await take(session, offer, here) switch
        {
            WebAnswer.Sdp answer => new AnswerResult(answer, status, context.Request.Path),
            WebAnswer.Useless useless => WebProblems.BadOffer(useless.Why),
            WebAnswer.Conflict conflict => WebProblems.Conflict(conflict.Why),
            var unknown => throw new NotSupportedException(unknown.GetType().Name),
        };
    }

    private static async ValueTask<object?> AnswerTryAgain(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (AskTimeoutException)
        {
            return WebProblems.TryAgain();
        }
    }

    private static ValueTask<object?> KeepNothing(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return next(context);
    }
}

/// <summary>An answer, and where it is changed.</summary>
internal sealed class AnswerResult(WebAnswer.Sdp answer, int status, string location) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = OfferBody.Type;
        if (status == StatusCodes.Status201Created)
            response.Headers.Location = location;
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{answer.Version}\"");
        return response.WriteAsync(answer.Text, httpContext.RequestAborted);
    }
}
