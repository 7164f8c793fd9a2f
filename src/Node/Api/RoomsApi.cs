using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Conference.Actors;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Node.Api.Access;
using Conference.Node.ReadModel;
using Conference.Node.Settings;
using Conference.Node.SignIn;
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
        api.MapPatch("/rooms/{room}", Change).WithName("changeRoom" + suffix).Needs(Rights.Moderate).Produces<RoomModel>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/rooms/{room}", Close).WithName("closeRoom" + suffix).Needs(Rights.Manage).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapPost("/rooms/{room}/announcements", Announce)
            .WithName("announce" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/rooms/{room}/members/{member}", PutOut)
            .WithName("putOut" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/rooms/{room}/put-out/{member}", LetIn)
            .WithName("letIn" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapPut("/rooms/{room}/members/{member}/mute", Mute)
            .WithName("mute" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapPut("/rooms/{room}/mute", MuteEveryone)
            .WithName("muteEveryone" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapPut("/rooms/{room}/moderators/{member}", Appoint)
            .WithName("appoint" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/rooms/{room}/moderators/{member}", Dismiss)
            .WithName("dismiss" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapPut("/rooms/{room}/waiting/{member}", Admit)
            .WithName("admit" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/rooms/{room}/waiting/{member}", TurnAway)
            .WithName("turnAway" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapGet("/rooms/{room}/invitations", ListInvitations)
            .WithName("listInvitations" + suffix).Needs(Rights.Read).Produces<Page<InvitationModel>>().ProducesProblem(400).ProducesProblem(404);
        api.MapPost("/rooms/{room}/invitations", Invite)
            .WithName("invite" + suffix).Needs(Rights.Moderate).Produces<MadeInvitation>(201).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/rooms/{room}/invitations/{invitation}", WithdrawInvitation)
            .WithName("withdrawInvitation" + suffix).Needs(Rights.Moderate).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
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

    /// <summary>Change what is named, and leave the rest as it is.</summary>
    /// <remarks>
    /// `maxMembers` and `locked` want the right `manage`, and a room that is open and not kept is kept from then on. All else holds until the room closes, as if its owner had said it.
    /// What is left out, or null, stays.
    /// </remarks>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <response code="200">The room.</response>
    public static async Task<IResult> Change(ApiContext api, ApiDomain domain, PasswordWorkers passwords, HttpContext context, string room, PatchRoom settings)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if ((settings.MaxMembers ?? (object?)settings.Locked) is not null && !ApiCaller.Of(context).Rights.HasFlag(Rights.Manage))
            return ApiProblems.Forbidden("this token may not manage: maxMembers and locked keep a room");
        if (!IsText(settings.Title, RoomSetting.MaxTitleBytes))
            return ApiProblems.BadRequest($"title must be one line of {RoomSetting.MaxTitleBytes} bytes at most, without control characters", "title");
        if (!IsText(settings.Motd, RoomSetting.MaxMotdBytes))
            return ApiProblems.BadRequest($"motd must be one line of {RoomSetting.MaxMotdBytes} bytes at most, without control characters", "motd");
        if (!IsText(settings.Password, RoomPass.MaxBytes) || settings.Password?.Contains(' ', StringComparison.Ordinal) == true || settings.Password == RoomSetting.None)
            return ApiProblems.BadRequest($"password must be one word of {RoomPass.MaxBytes} bytes at most, and not \"{RoomSetting.None}\"", "password");
        Name owner = default;
        if (settings.Owner is not null && !(Name.TryParse(settings.Owner, domain.Value, out owner) && !owner.IsReserved))
            return ApiProblems.NoName("owner");
        string? hash = settings.Password is { Length: > 0 } password ? await passwords.HashAsync(password) : settings.Password;
        if (hash is null && settings.Password is not null)
            return ApiProblems.TryAgain();
        var changed = await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Change(
            name, settings.MaxMembers, settings.Locked, CommandId.New(), settings.Rules with { PasswordHash = hash }, settings.Owner is null ? null : owner));
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

    /// <summary>Put a member out, or who waits in the lobby. Its name may not come back until the room closes: an operator closes it, or nobody was in it for ten minutes.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">A member's user name: all its sessions in the room are meant.</param>
    /// <param name="minutes">After so many it may come back all the same.</param>
    public static Task<IResult> PutOut(ApiContext api, ApiDomain domain, string room, string member, [Range(1, RoomSetting.MaxMinutes)] int? minutes) => DoAsync(
        api, domain, room, member, (name, who) => new RoomCommands.PutOut(name, who, CommandId.New(), Minutes: minutes), IsNotIn);

    /// <summary>Let somebody in again who was put out.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">The name that was put out.</param>
    public static Task<IResult> LetIn(ApiContext api, ApiDomain domain, string room, string member) => DoAsync(
        api, domain, room, member, (name, who) => new RoomCommands.LetIn(name, who, CommandId.New()), (name, who) => $"{who.Local} is not put out of {name.Local}");

    /// <summary>Mute a member, or take it back. It holds for the name, whoever's session it is, until the room closes: an operator closes it, or nobody was in it for ten minutes.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">A member's user name: all its sessions in the room are meant.</param>
    public static Task<IResult> Mute(ApiContext api, ApiDomain domain, string room, string member, PutMute? mute) => DoAsync(
        api, domain, room, member, (name, who) => new RoomCommands.Mute(name, who, mute?.Muted ?? true, CommandId.New()), IsNotIn);

    /// <summary>Mute every member that is no moderator, and whoever comes; or unmute everybody.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    public static async Task<IResult> MuteEveryone(ApiContext api, ApiDomain domain, string room, PutMute? mute)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.MuteEveryone(name, mute?.Muted ?? true, CommandId.New())), $"nobody is in {name.Local}");
    }

    /// <summary>Make somebody a moderator, by name, until the room closes.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">A user's name, who need not be in.</param>
    public static Task<IResult> Appoint(ApiContext api, ApiDomain domain, string room, string member) => DoAsync(
        api, domain, room, member, (name, who) => new RoomCommands.Appoint(name, who, IsModerator: true, CommandId.New()), (name, _) => $"{name.Local} is neither open nor kept");

    /// <summary>Make somebody a moderator no more.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">A moderator's name.</param>
    public static Task<IResult> Dismiss(ApiContext api, ApiDomain domain, string room, string member) => DoAsync(
        api, domain, room, member, (name, who) => new RoomCommands.Appoint(name, who, IsModerator: false, CommandId.New()), (name, who) => $"{who.Local} is no moderator of {name.Local}");

    /// <summary>Let in who waits in the lobby.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">The name of who waits.</param>
    public static Task<IResult> Admit(ApiContext api, ApiDomain domain, string room, string member) => DoAsync(
        api, domain, room, member, (name, who) => new RoomCommands.Decide(name, who, IsAdmitted: true, CommandId.New()), NobodyWaits);

    /// <summary>Turn away who waits in the lobby.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="member">The name of who waits.</param>
    public static Task<IResult> TurnAway(ApiContext api, ApiDomain domain, string room, string member) => DoAsync(
        api, domain, room, member, (name, who) => new RoomCommands.Decide(name, who, IsAdmitted: false, CommandId.New()), NobodyWaits);

    /// <summary>A room's invitations, the oldest first, those too that are over or used up.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <response code="200">All of them.</response>
    public static async Task<IResult> ListInvitations(ApiContext api, ApiDomain domain, string room)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        var details = await api.AskRoomAsync<RoomDetails>(new RoomQueries.Describe(name, After: int.MaxValue));
        return IsHere(details)
            ? TypedResults.Ok(new Page<InvitationModel>([.. details.Standing!.Invitations.Select(i => new InvitationModel(i.Id.ToString("N"), i.Until, i.MaxUses, i.Uses))], null))
            : ApiProblems.NotFound($"{name.Local} is neither open nor kept");
    }

    /// <summary>Make an invitation: who has it comes in past the lobby and without the password, but neither into a locked room nor after being put out.</summary>
    /// <remarks>What to say to be let in by it is told this once: only its digest is kept. It is good until its end or until the room closes.</remarks>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <response code="201">It is made.</response>
    public static async Task<IResult> Invite(ApiContext api, ApiDomain domain, string room, PostInvitation? invitation)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        var asked = invitation ?? new PostInvitation();
        var (id, token) = (Guid.NewGuid(), InvitationToken.Create());
        var made = await api.AskRoomAsync<RoomAnswer>(
            new RoomCommands.Invite(name, id, InvitationToken.DigestOf(token), asked.Minutes, asked.Uses, CommandId.New()));
        string where = Uri.EscapeDataString(name.Local) + (domain.Value.IsDefault ? "" : $"@{domain.Value}");
        return made.Change switch
        {
            RoomChange.Done => TypedResults.Created((string?)null, new MadeInvitation(id.ToString("N"), token, $"/join/{where}?invite={token}")),
            RoomChange.TooMany => ApiProblems.Conflict($"{name.Local} has {RoomCharter.MaxInvitations} invitations: withdraw one first"),
            _ => ApiProblems.NotFound($"{name.Local} is neither open nor kept"),
        };
    }

    /// <summary>Withdraw an invitation. Who came by it stays.</summary>
    /// <param name="room">A room's name, in any of its forms.</param>
    /// <param name="invitation">Its id.</param>
    public static async Task<IResult> WithdrawInvitation(ApiContext api, ApiDomain domain, string room, string invitation)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if (!Guid.TryParseExact(invitation, "N", out var id))
            return ApiProblems.BadRequest("invitation must be the id of one: 32 hexadecimal digits", "invitation");
        return Done(await api.AskRoomAsync<RoomAnswer>(new RoomCommands.Withdraw(name, id, CommandId.New())), "there is no such invitation");
    }

    private static string IsNotIn(Name room, Name who) => $"{who.Local} is not in {room.Local}";

    private static string NobodyWaits(Name room, Name who) => $"{who.Local} does not wait for {room.Local}";

    private static async Task<IResult> DoAsync(
        ApiContext api, ApiDomain domain, string room, string member, Func<Name, Name, IRoomMessage> command, Func<Name, Name, string> notFound)
    {
        if (!Name.TryParse(room, domain.Value, out var name))
            return ApiProblems.NoName("room");
        if (!Name.TryParse(member, domain.Value, out var who))
            return ApiProblems.NoName("member");
        var answer = await api.AskRoomAsync<RoomAnswer>(command(name, who));
        return answer.Change == RoomChange.TooMany
            ? ApiProblems.Conflict($"{name.Local} has {RoomCharter.MaxModerators} moderators: dismiss one first")
            : Done(answer, notFound(name, who));
    }

    /// <summary>Empty takes it back.</summary>
    private static bool IsText(string? text, int most) => text is null or "" || (RoomSetting.IsText(text, most) && text.Trim() == text);

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

    private static bool IsHere(RoomDetails room) => room.IsKept || room.All > 0 || room.Standing?.Waiting.Length > 0;

    private static RoomModel Model(RoomDetails room, ILookup<SessionId, MemberSource>? sources = null) => new(
        room.Room.Local, room.IsKept, room.IsLocked, room.MaxMembers,
        [.. room.Members.Select(m => new MemberModel(
            m.Name.Local, SessionText.Of(m.Session.Value), m.Node, [.. m.Services.Select(s => s.ToString())], m.IsMuted, m.IsRecording, m.Since,
            m.For?.TotalSeconds,
            [.. (sources?[m.Session] ?? []).Select(SourceModel.Of)]))],
        [.. (room.PutOut ?? []).Select(n => n.Local)],
        room.Standing?.Title, room.Standing?.MessageOfTheDay, room.Standing?.HasLobby ?? false, room.Standing?.HasPassword ?? false, room.Standing?.KeepsHistory ?? false,
        room.Standing?.MutesAll ?? false, room.Standing?.Owner?.Local, [.. (room.Standing?.Moderators ?? []).Select(n => n.Local)],
        [.. (room.Standing?.Waiting ?? []).Select(n => n.Local)]);
}
