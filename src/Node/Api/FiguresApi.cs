using System.Text.Json.Nodes;
using Conference.Node.Figures;

namespace Conference.Node.Api;

/// <summary><c>figures</c>: what flows now, from what this node's console knows: asks no room, wakes nobody.</summary>
internal static class FiguresApi
{
    public static void MapFigures(this RouteGroupBuilder api) => api.MapGet("/figures/rooms", Rooms);

    private static async Task<IResult> Rooms(
        ClusterObserver observer, HttpContext context, string? order, string? find, int? offset, int? limit)
    {
        var by = RoomOrder.Members;
        if (order is not null && (int.TryParse(order, out _) || !Enum.TryParse(order, ignoreCase: true, out by)))
            return ApiProblems.BadRequest($"order must be one of {string.Join(", ", Enum.GetNames<RoomOrder>()).ToLowerInvariant()}");
        if (offset is < 0)
            return ApiProblems.BadRequest("offset must be 0 or more");
        if (!ApiContext.IsLimit(limit))
            return ApiProblems.BadRequest($"limit must be 1 to {ApiContext.MaxLimit}");
        var board = await observer.RoomsAsync(context.RequestAborted);
        var rooms = board.In(by, find);
        return TypedResults.Ok(new JsonObject
        {
            ["items"] = new JsonArray([.. rooms.Skip(offset ?? 0).Take(limit ?? ApiContext.DefaultLimit).Select(FigureJson.Room)]),
            ["found"] = rooms.Count,
            ["all"] = board.Count,
            ["complete"] = board.IsComplete,
        });
    }
}
