using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Conference.Actors;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Node.Api.Access;
using Conference.Node.ReadModel;
using Conference.Node.Settings;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.Api;

/// <summary><c>rooms</c>: what is open or kept, settings, and members.</summary>
internal static class RoomsApi
{
    public const int MostMembers = 1_000_000;

    public static void MapRooms(this RouteGroupBuilder api, string suffix = "")
    {
        api.MapGet("/rooms", List).WithName("listRooms" + suffix).Needs(Rights.Read).Produces<GatheredPage<RoomSummary>>().ProducesProblem(400);
        api.MapGet("/rooms/{room}", Read).WithName("readRoom" + suffix).Needs(Rights.Read).Produces<RoomModel>().ProducesProblem(400).ProducesProblem(404);
        api.MapPut("/rooms/{room}", Keep).WithName("keepRoom" + suffix).Needs(Rights.Manage).Produces<RoomModel>().ProducesProblem(400).ProducesProblem(403);
        api.MapPatch("/rooms/{room}", Change).WithName("changeRoom" + suffix).Needs(Rights.Manage).Produces<RoomModel>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/rooms/{room}", Close).WithName("closeRoom" + suffix).Needs(Rights.Manage).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapPost("/rooms/{room}/announcements", Announce)
            .WithName("announce" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/rooms/{room}/members/{member}", PutOut)
            .WithName("putOut" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/rooms/{room}/put-out/{member}", LetIn)
            .WithName("letIn" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapPut("/rooms/{room}/members/{member}/mute", Mute)
            .WithName("mute" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
    }

    /// <summary>Rooms that are open or kept, by name.</summary>
    /// <param name="kept">Only rooms that are kept, open or not; or only those that are not.</param>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static async Task<IResult> List(
        ApiContext api, ApiDomain domain, bool? kept, string? after, [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit) =>
        TypedResults.Ok(await api.ListAsync(DirectoryKind.Room, domain.Value, after, limit, isListed: kept == true, async name =>
        {
            // No member is asked for: how many there are is told all the same.
            var room = await api.AskRoomAsync<RoomDetails>(new RoomQueries.Describe(name, After: int.MaxValue));
            return IsHere(room) && (kept is null || kept == room.IsKept) ? new RoomSummary(name.Local, room.IsKept, room.IsLocked, room.MaxMembers, room.All) : null;
        }));

    /// <summary>A room and who is in it.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <response code="200">The room.</response>
    public static async Task<IResult> Read(ApiContext api, ApiDomain domain, string room)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        var details = await DescribeAsync(api, name);
        if (!IsHere(details))
            return ApiProblems.NotFound($"{name.Local} is neither open nor kept");
        var where = await api.AskRoomAsync<RoomLocations>(new RoomQueries.Locate(name, After: int.MaxValue));
        return TypedResults.Ok(Model(details, await RoomSources.ReadAsync(name, where.Nodes, ClusterNames.Deadline)));
    }

    /// <summary>Keep a room, with these settings and no others.</summary>
    /// <remarks>The settings are replaced as a whole: what is left out, or null, is the node's default again. `PATCH` changes only what it names.</remarks>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <response code="200">The room.</response>
    public static async Task<IResult> Keep(ApiContext api, ApiDomain domain, DomainTable domains, NodeSettings node, string room, PutRoom? settings)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        var keep = new RoomCommands.Keep(name, settings?.MaxMembers ?? node.Rooms.By(domains.RulesOf(domain.Value)).MaxMembers, settings?.Locked ?? false, CommandId.New());
        var kept = await api.AskRoomAsync<RoomAnswer>(keep);
        if (kept.Change == RoomChange.NotFound)
            return ApiProblems.NotFound("there is no such domain");
        await api.IsListedAsync(EntityIds.Room(name), kept.SequenceNr);
        return TypedResults.Ok(Model(await DescribeAsync(api, name)));
    }

    /// <summary>Change the settings that are named, and leave the others as they are.</summary>
    /// <remarks>A room that is open and not kept is kept from then on. What is left out, or null, stays.</remarks>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <response code="200">The room.</response>
    public static async Task<IResult> Change(ApiContext api, ApiDomain domain, string room, PatchRoom settings)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        var changed = await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Change(name, settings.MaxMembers, settings.Locked, CommandId.New()));
        if (changed.Change == RoomChange.NotFound)
            return ApiProblems.NotFound($"{name.Local} is neither open nor kept");
        await api.IsListedAsync(EntityIds.Room(name), changed.SequenceNr);
        return TypedResults.Ok(Model(await DescribeAsync(api, name)));
    }

    /// <summary>Put everyone out and forget the settings.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    public static async Task<IResult> Close(ApiContext api, ApiDomain domain, string room)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if (!IsHere(await api.AskRoomAsync<RoomDetails>(new RoomQueries.Describe(name))))
            return ApiProblems.NotFound($"{name.Local} is neither open nor kept");
        var closed = await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Close(name, CommandId.New()));
        await api.IsListedAsync(EntityIds.Room(name), closed.SequenceNr);
        return TypedResults.NoContent();
    }

    /// <summary>Say something to everyone in a room.</summary>
    /// <remarks>It comes as chat of `operator`, a name that nobody else can have. Who comes later does not hear it.</remarks>
    /// <param name="room">A room's name, in any of its forms.</param>
    public static async Task<IResult> Announce(ApiContext api, ApiDomain domain, string room, PostAnnouncement said)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if (said.Text.Any(char.IsControl))
            return ApiProblems.BadRequest("text must be one line, without control characters", "text");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Announce(name, said.Text, CommandId.New())), $"nobody is in {name.Local}");
    }

    /// <summary>Put a member out. Its name may not come back until the room closes: an operator closes it, or nobody was in it for ten minutes.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">A member's user name: all its sessions in the room are meant.</param>
    public static async Task<IResult> PutOut(ApiContext api, ApiDomain domain, string room, string member)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if (!Name.TryParse(member, domain.Value, out var who))
            return ApiProblems.NoName("member");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.PutOut(name, who, CommandId.New())), $"{who.Local} is not in {name.Local}");
    }

    /// <summary>Let somebody in again who was put out.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">The name that was put out.</param>
    public static async Task<IResult> LetIn(ApiContext api, ApiDomain domain, string room, string member)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if (!Name.TryParse(member, domain.Value, out var who))
            return ApiProblems.NoName("member");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.LetIn(name, who, CommandId.New())), $"{who.Local} is not put out of {name.Local}");
    }

    /// <summary>Mute a member, or take it back. It holds for the name, whoever's session it is, until the room closes: an operator closes it, or nobody was in it for ten minutes.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">A member's user name: all its sessions in the room are meant.</param>
    public static async Task<IResult> Mute(ApiContext api, ApiDomain domain, string room, string member, PutMute? mute)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if (!Name.TryParse(member, domain.Value, out var who))
            return ApiProblems.NoName("member");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Mute(name, who, mute?.Muted ?? true, CommandId.New())), $"{who.Local} is not in {name.Local}");
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

    private static RoomModel Model(RoomDetails room, ILookup<SessionId, MemberSource>? sources = null) => new(
        room.Room.Local, room.IsKept, room.IsLocked, room.MaxMembers,
        [.. room.Members.Select(m => new MemberModel(
            m.Name.Local, SessionText.Of(m.Session.Value), m.Node, [.. m.Services.Select(s => s.ToString())], m.IsMuted, m.IsRecording, m.Since,
            m.For?.TotalSeconds,
            [.. (sources?[m.Session] ?? []).Select(SourceModel.Of)]))],
        [.. (room.PutOut ?? []).Select(n => n.Local)]);
}
