using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Conference.Actors.Calls;
using Conference.Node.Api.Access;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary><c>calls</c>: who was in which room, and when; the latest first.</summary>
internal static class CallsApi
{
    public static void MapCalls(this RouteGroupBuilder api, string suffix = "") =>
        api.MapGet("/calls", List).WithName("listCalls" + suffix).Needs(Rights.Read).Produces<Page<CallModel>>().ProducesProblem(400);

    /// <summary>Call records: who was in which room, the latest first.</summary>
    /// <param name="room">Only of this room.</param>
    /// <param name="user">Only of this user.</param>
    /// <param name="from">Started at or after.</param>
    /// <param name="to">Started before.</param>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static async Task<IResult> List(
        ICallRecords calls, TimeProvider time, ApiDomain domain, string? room, string? user, DateTimeOffset? from, DateTimeOffset? to, string? after,
        [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit)
    {
        Name roomName = default, userName = default;
        if (room is not null && !Name.TryParse(room, domain.Value, out roomName))
            return ApiProblems.NoName("room");
        if (user is not null && !Name.TryParse(user, domain.Value, out userName))
            return ApiProblems.NoName("user");
        try
        {
            var page = await calls.QueryAsync(new CallQuery
            {
                Domain = domain.Value,
                Room = room is null ? null : roomName,
                User = user is null ? null : userName,
                From = from,
                To = to,
                After = after,
                Limit = limit ?? ApiContext.DefaultLimit,
            });
            return TypedResults.Ok(new Page<CallModel>([.. page.Records.Select(r => CallModel.Of(r, time.GetUtcNow()))], page.Next));
        }
        catch (FormatException)
        {
            return ApiProblems.NoCursor();
        }
    }
}
