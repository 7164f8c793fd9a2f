using System.Text.Json.Serialization;
using Conference.Node.Draining;

namespace Conference.Node.Http.Api;

/// <summary><c>drain</c>: starts, watches and calls off a drain of this node.</summary>
internal static class DrainApi
{
    private const int MostSeconds = 24 * 60 * 60;

    public static void MapDrain(this RouteGroupBuilder api)
    {
        api.MapGet("/drain", async (Drain drain) => TypedResults.Ok(DrainModel.Of(await drain.ReadAsync())));
        api.MapPost("/drain", Begin);
        api.MapDelete("/drain", async (Drain drain) =>
        {
            await drain.CallOffAsync();
            return TypedResults.Ok(DrainModel.Of(await drain.ReadAsync()));
        });
    }

    private static async Task<IResult> Begin(Drain drain, PostDrain? body)
    {
        if (body?.DeadlineSeconds is < 0 or > MostSeconds)
            return ApiProblems.BadRequest($"deadlineSeconds must be 0 to {MostSeconds}");
        drain.Begin(body?.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        return TypedResults.Accepted("/api/v1/drain", DrainModel.Of(await drain.ReadAsync()));
    }
}

/// <summary>Body of <c>POST drain</c>; may be left out.</summary>
/// <param name="DeadlineSeconds">How long sessions have; without it, <c>Node:DrainSeconds</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PostDrain(int? DeadlineSeconds);

/// <param name="State">serving, draining or drained.</param>
/// <param name="Since">When the drain began; null without one.</param>
/// <param name="Deadline">When the sessions that are left are ended; null without one.</param>
/// <param name="Sessions">That are left on this node.</param>
/// <param name="Shards">That this node still owns.</param>
public sealed record DrainModel(string State, DateTimeOffset? Since, DateTimeOffset? Deadline, int Sessions, int Shards)
{
    public static DrainModel Of(DrainStatus status) => new(
        status.State switch
        {
            DrainState.Serving => "serving",
            DrainState.Draining => "draining",
            _ => "drained",
        },
        status.Since, status.Deadline, status.Sessions, status.Shards);
}
