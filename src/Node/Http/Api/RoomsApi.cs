using Conference.Actors;
using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.Http.Api;

/// <summary><c>rooms</c>: what is open or kept, settings, and members.</summary>
internal static class RoomsApi
{
    private const int MostMembers = 1_000_000;

    public static void MapRooms(this RouteGroupBuilder api)
    {
        api.MapGet("/rooms", List);
        api.MapGet("/rooms/{room}", Read);
        api.MapPut("/rooms/{room}", Keep);
        api.MapDelete("/rooms/{room}", Close);
        api.MapDelete("/rooms/{room}/members/{member}", PutOut);
        api.MapPut("/rooms/{room}/members/{member}/mute", Mute);
    }

    private static async Task<IResult> List(ApiContext api, string? after, int? limit)
    {
        if (!ApiContext.IsLimit(limit))
            return ApiProblems.BadRequest($"limit must be 1 to {ApiContext.MaxLimit}");
        return TypedResults.Ok(await api.ListAsync(DirectoryKind.Room, after, limit, async name =>
        {
            var room = await api.AskRoomAsync<RoomDetails>(new RoomCommands.Describe(name));
            return IsHere(room) ? new RoomSummary(name.ToString(), room.IsKept, room.IsLocked, room.MaxMembers, room.Members.Length) : null;
        }));
    }

    private static async Task<IResult> Read(ApiContext api, string room)
    {
        if (!Name.TryParse(room, out var name))
            return ApiProblems.BadRequest("illegal room name");
        var details = await api.AskRoomAsync<RoomDetails>(new RoomCommands.Describe(name));
        return IsHere(details) ? TypedResults.Ok(Model(details)) : ApiProblems.NotFound($"{name} is neither open nor kept");
    }

    private static async Task<IResult> Keep(ApiContext api, ConferenceHost host, string room, PutRoom? settings)
    {
        if (!Name.TryParse(room, out var name))
            return ApiProblems.BadRequest("illegal room name");
        if (settings?.MaxMembers is < 1 or > MostMembers)
            return ApiProblems.BadRequest($"maxMembers must be 1 to {MostMembers}");
        var keep = new RoomCommands.Keep(name, settings?.MaxMembers ?? host.DefaultMaxMembers, settings?.Locked ?? false, CommandId.New());
        await api.AskRoomAsync<SessionOutcome>(keep);
        return TypedResults.Ok(Model(await api.AskRoomAsync<RoomDetails>(new RoomCommands.Describe(name))));
    }

    private static async Task<IResult> Close(ApiContext api, string room)
    {
        if (!Name.TryParse(room, out var name))
            return ApiProblems.BadRequest("illegal room name");
        if (!IsHere(await api.AskRoomAsync<RoomDetails>(new RoomCommands.Describe(name))))
            return ApiProblems.NotFound($"{name} is neither open nor kept");
        await api.AskRoomAsync<SessionOutcome>(new RoomCommands.Close(name, CommandId.New()));
        return TypedResults.NoContent();
    }

    private static async Task<IResult> PutOut(ApiContext api, string room, string member)
    {
        if (!Name.TryParse(room, out var name) || !Name.TryParse(member, out var who))
            return ApiProblems.BadRequest("illegal name");
        return Done(await api.AskRoomAsync<SessionOutcome>(new RoomCommands.PutOut(name, who, CommandId.New())), $"{who} is not in {name}");
    }

    private static async Task<IResult> Mute(ApiContext api, string room, string member, PutMute? mute)
    {
        if (!Name.TryParse(room, out var name) || !Name.TryParse(member, out var who))
            return ApiProblems.BadRequest("illegal name");
        return Done(await api.AskRoomAsync<SessionOutcome>(new RoomCommands.Mute(name, who, mute?.Muted ?? true, CommandId.New())), $"{who} is not in {name}");
    }

    private static IResult Done(SessionOutcome outcome, string notFound) =>
        outcome is SessionOutcome.NotFound ? ApiProblems.NotFound(notFound) : TypedResults.NoContent();

    private static bool IsHere(RoomDetails room) => room.IsKept || !room.Members.IsEmpty;

    private static RoomModel Model(RoomDetails room) => new(
        room.Room.ToString(), room.IsKept, room.IsLocked, room.MaxMembers,
        [.. room.Members.Select(m => new MemberModel(
            m.Name.ToString(), SessionText.Of(m.Session.Value), m.Node, [.. m.Services.Select(s => s.ToString())], m.IsMuted, m.Since))]);
}
