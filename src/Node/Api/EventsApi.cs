using System.Net.Sockets;
using Conference.Node.Api.Access;
using Conference.Node.Console.Events;
using Conference.Node.Limits;
using Conference.Node.Metrics;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Conference.Node.Api;

/// <summary><c>events</c>: the cluster as it is and as it changes, as server-sent events. What the console lives on.</summary>
internal static class EventsApi
{
    public const int MostViewers = 4096;

    /// <summary>What the kernel keeps for somebody who does not read, at most; half an hour of a quiet cluster.</summary>
    private const int SendBuffer = 64 * 1024;

    public static void MapEvents(this RouteGroupBuilder api) =>
        api.MapGet("/events", Stream).WithName("watch").Needs(Rights.Read).Produces<string>(contentType: "text/event-stream");

    /// <summary>The cluster as it is, and once a second what has changed, as server-sent events.</summary>
    /// <remarks>
    /// First `history`: the last ten minutes of every node in steps of five seconds. Then `state`: everything. Then, once a second, `change`: a JSON merge
    /// patch (RFC 7396) to the state before it; `state` again for a reader that was too slow for one. A reader that takes nothing for 30 s is cut off.
    /// </remarks>
    /// <response code="200">Events, until either side closes.</response>
    public static async Task<IResult> Stream(
        HttpContext context, EventFrames frames, DescriptorBudget descriptors, ConsoleMetrics metrics, TimeProvider time, ILogger<EventViewer> log)
    {
        // Viewers stay for hours: they leave connections for those who ask how the node is.
        if (!frames.TryEnter(Math.Min(MostViewers, descriptors.HttpConnections / 2)))
        {
            metrics.Closed("full");
            return ApiProblems.TryAgain();
        }

        try
        {
            // Kestrel asks connections to end when the node stops listening: a stream has no end of its own.
            var ending = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ending);
            Prepare(context);
            await context.Response.StartAsync(over.Token);
            if (HeadRequests.Is(context))
                return Results.Empty;
            if (!await new EventViewer(frames, context.Response.BodyWriter, metrics, time).RunAsync(over.Token))
            {
                metrics.Closed("slow");
                context.Abort();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It has gone.
            Log.ViewerGone(log);
        }
        finally
        {
            frames.Leave();
        }

        return Results.Empty;
    }

    private static void Prepare(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // A proxy that collects a response before it hands it on would never hand on this one.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // Slow readers are this one's own business: they may be slow for longer, and must be for shorter than Kestrel would notice.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        if (context.Features.Get<IConnectionSocketFeature>() is { Socket: { } socket } && socket.ProtocolType == ProtocolType.Tcp)
            socket.SendBufferSize = SendBuffer;
    }
}
