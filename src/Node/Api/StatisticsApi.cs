using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Conference.Node.Api.Access;
using Conference.Node.Statistics;

namespace Conference.Node.Api;

/// <summary><c>figures</c>: what flows now, from what this node's console knows: asks no room, wakes nobody.</summary>
internal static class StatisticsApi
{
    public static void MapStatistics(this RouteGroupBuilder api) =>
        api.MapGet("/figures/rooms", Rooms).WithName("listRoomFigures").Needs(Rights.Read).Produces<RoomStatisticsPage>().ProducesProblem(400);

    /// <summary>Rooms with members and what flows in them, as of the last second; asks no room.</summary>
    /// <param name="order">Names upwards, everything else downwards.</param>
    /// <param name="find">Only rooms whose names hold this.</param>
    /// <param name="offset">Leave out so many.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">Some of them.</response>
    public static async Task<IResult> Rooms(
        ClusterObserver observer, HttpContext context,
        [AllowedValues("name", "members", "in", "out", "drops", "loss"), DefaultValue("members")] string? order, string? find,
        [Range(0, int.MaxValue), DefaultValue(0)] int? offset, [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit)
    {
        var by = order is null ? RoomOrder.Members : Enum.Parse<RoomOrder>(order, ignoreCase: true);
        var board = await observer.RoomsAsync(context.RequestAborted);
        var rooms = board.In(by, find);
        return TypedResults.Ok(new RoomStatisticsPage(
            [.. rooms.Skip(offset ?? 0).Take(limit ?? ApiContext.DefaultLimit).Select(RoomStatisticsModel.Of)], rooms.Count, board.Count, board.IsComplete));
    }
}
