using Conference.Actors;
using Conference.Actors.Rooms;
using Conference.Node.ReadModel;
using Conference.Node.Settings;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

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
            // No member is asked for: how many there are is told all the same.
            var room = await api.AskRoomAsync<RoomDetails>(new RoomQueries.Describe(name, After: int.MaxValue));
            return IsHere(room) ? new RoomSummary(name.ToString(), room.IsKept, room.IsLocked, room.MaxMembers, room.All) : null;
        }));
    }

    private static async Task<IResult> Read(ApiContext api, string room)
    {
        if (!Name.TryParse(room, out var name))
            return ApiProblems.BadRequest("illegal room name");
        var details = await DescribeAsync(api, name);
        return IsHere(details) ? TypedResults.Ok(Model(details)) : ApiProblems.NotFound($"{name} is neither open nor kept");
    }

    private static async Task<IResult> Keep(ApiContext api, NodeSettings node, string room, PutRoom? settings)
    {
        if (!Name.TryParse(room, out var name))
            return ApiProblems.BadRequest("illegal room name");
        if (settings?.MaxMembers is < 1 or > MostMembers)
            return ApiProblems.BadRequest($"maxMembers must be 1 to {MostMembers}");
        var keep = new RoomCommands.Keep(name, settings?.MaxMembers ?? node.Rooms.MaxMembers, settings?.Locked ?? false, CommandId.New());
        var kept = await api.AskRoomAsync<RoomAnswer>(keep);
        await api.IsListedAsync(EntityIds.Room(name), kept.SequenceNr);
        return TypedResults.Ok(Model(await DescribeAsync(api, name)));
    }

    private static async Task<IResult> Close(ApiContext api, string room)
    {
        if (!Name.TryParse(room, out var name))
            return ApiProblems.BadRequest("illegal room name");
        if (!IsHere(await api.AskRoomAsync<RoomDetails>(new RoomQueries.Describe(name))))
            return ApiProblems.NotFound($"{name} is neither open nor kept");
        var closed = await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Close(name, CommandId.New()));
        await api.IsListedAsync(EntityIds.Room(name), closed.SequenceNr);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> PutOut(ApiContext api, string room, string member)
    {
        if (!Name.TryParse(room, out var name) || !Name.TryParse(member, out var who))
            return ApiProblems.BadRequest("illegal name");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.PutOut(name, who, CommandId.New())), $"{who} is not in {name}");
    }

    private static async Task<IResult> Mute(ApiContext api, string room, string member, PutMute? mute)
    {
        if (!Name.TryParse(room, out var name) || !Name.TryParse(member, out var who))
            return ApiProblems.BadRequest("illegal name");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Mute(name, who, mute?.Muted ?? true, CommandId.New())), $"{who} is not in {name}");
    }

    /// <summary>The room with all its members, which come in pages.</summary>
    private static async Task<RoomDetails> DescribeAsync(ApiContext api, Name name)
    {
        var room = await api.AskRoomAsync<RoomDetails>(new RoomQueries.Describe(name));
        var page = room;
        while (page.Members.Length == RoomQueries.MembersPerAnswer)
        {
            page = await api.AskRoomAsync<RoomDetails>(new RoomQueries.Describe(name, room.Members.Length));
            room = room with { Members = room.Members.AddRange(page.Members) };
        }

        return room;
    }

    private static IResult Done(RoomAnswer answer, string notFound) =>
        answer.Change == RoomChange.NotFound ? ApiProblems.NotFound(notFound) : TypedResults.NoContent();

    private static bool IsHere(RoomDetails room) => room.IsKept || room.All > 0;

    private static RoomModel Model(RoomDetails room) => new(
        room.Room.ToString(), room.IsKept, room.IsLocked, room.MaxMembers,
        [.. room.Members.Select(m => new MemberModel(
            m.Name.ToString(), SessionText.Of(m.Session.Value), m.Node, [.. m.Services.Select(s => s.ToString())], m.IsMuted, m.Since))]);
}
