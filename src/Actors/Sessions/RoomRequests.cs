using System.Globalization;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>What one session sets and reads in a room it is in. Whether it may, the room says.</summary>
internal sealed class RoomRequests(NodeContext node, Participant me)
{
    /// <summary>Names that one line tells.</summary>
    private const int MostNames = 50;

    public async Task<SessionOutcome> SetAsync(Name room, RoomSetting setting)
    {
        var command = CommandId.New();
        switch (setting)
        {
            case RoomSetting.Title title:
                return await ChangeAsync(room, setting, new RoomRulesChange(Title: title.Text ?? ""));
            case RoomSetting.MessageOfTheDay motd:
                return await ChangeAsync(room, setting, new RoomRulesChange(MessageOfTheDay: motd.Text ?? ""));
            case RoomSetting.Lobby lobby:
                return await ChangeAsync(room, setting, new RoomRulesChange(HasLobby: lobby.IsOn));
            case RoomSetting.History history:
                return await ChangeAsync(room, setting, new RoomRulesChange(KeepsHistory: history.IsOn));
            case RoomSetting.Locked locked:
                return await AskAsync(new RoomCommands.Change(room, null, locked.IsOn, command, By: me.Id), setting);
            case RoomSetting.Password password:
                return await SetPasswordAsync(room, password);
            case RoomSetting.Moderator moderator:
                return await AskAsync(new RoomCommands.Appoint(room, moderator.Who, moderator.IsGranted, command, me.Id), setting);
            case RoomSetting.Waiting waiting:
                return await AskAsync(new RoomCommands.Decide(room, waiting.Who, waiting.IsAdmitted, command, me.Id), setting);
            case RoomSetting.Muted muted:
                return await AskAsync(new RoomCommands.Mute(room, muted.Who, muted.IsMuted, command, me.Id), setting);
            case RoomSetting.EveryoneMuted muted:
                return await AskAsync(new RoomCommands.MuteEveryone(room, muted.IsMuted, command, me.Id), setting);
            case RoomSetting.PutOut putOut:
                return await AskAsync(new RoomCommands.PutOut(room, putOut.Who, command, me.Id, putOut.Minutes), setting);
            case RoomSetting.LetIn letIn:
                return await AskAsync(new RoomCommands.LetIn(room, letIn.Who, command, me.Id), setting);
            case RoomSetting.Invite invite:
                string token = InvitationToken.Create();
                return await AskAsync(
                    new RoomCommands.Invite(room, Guid.NewGuid(), InvitationToken.DigestOf(token), invite.Minutes, invite.Uses, command, me.Id), setting, token);
            case RoomSetting.Withdraw withdraw:
                return await AskAsync(new RoomCommands.Withdraw(room, withdraw.Id, command, me.Id), setting);
            default:
                throw new NotSupportedException(setting.GetType().Name);
        }
    }

    public async Task<SessionOutcome> ReadAsync(Name room, string parameter)
    {
        // No member is asked for.
        var details = await node.Rooms.AskEntityAsync<RoomDetails>(new RoomQueries.Describe(room, After: int.MaxValue), node.AskDeadline);
        if (details.Standing is not { } standing)
            return SessionOutcome.Refused.TryAgain;
        string role = RoleOf(room, standing);
        if (RoomSetting.IsForModerators(parameter) && role == "member")
            return SessionOutcome.Refused.NotAllowed;
        return new SessionOutcome.RoomIs(parameter switch
        {
            RoomSetting.TitleName => standing.Title ?? RoomSetting.None,
            RoomSetting.MotdName => standing.MessageOfTheDay ?? RoomSetting.None,
            RoomSetting.LobbyName => OnOff.ToText(standing.HasLobby),
            RoomSetting.LockedName => OnOff.ToText(details.IsLocked),
            RoomSetting.HistoryName => OnOff.ToText(standing.KeepsHistory),
            RoomSetting.PasswordName => OnOff.ToText(standing.HasPassword),
            RoomSetting.OwnerName => standing.Owner?.Local ?? RoomSetting.None,
            RoomSetting.ModeratorsName => Text(standing.Moderators),
            RoomSetting.RoleName => role,
            RoomSetting.WaitingName => Text(standing.Waiting),
            RoomSetting.InvitationsName => Text(standing.Invitations),
            _ => throw new NotSupportedException(parameter),
        });
    }

    private Task<SessionOutcome> ChangeAsync(Name room, RoomSetting setting, RoomRulesChange rules) =>
        AskAsync(new RoomCommands.Change(room, null, null, CommandId.New(), rules, By: me.Id), setting);

    private async Task<SessionOutcome> SetPasswordAsync(Name room, RoomSetting.Password password)
    {
        string? hash = password.Word is { } word ? await node.Authenticator.HashRoomPasswordAsync(word) : "";
        return hash is null ? SessionOutcome.Refused.TryAgainLater : await ChangeAsync(room, password, new RoomRulesChange(PasswordHash: hash));
    }

    private async Task<SessionOutcome> AskAsync(IEntityMessage command, RoomSetting setting, string? told = null) =>
        (await node.Rooms.AskEntityAsync<RoomAnswer>(command, node.AskDeadline)).Change switch
        {
            RoomChange.Done => new SessionOutcome.RoomIs(told ?? setting.Told!),
            RoomChange.NotAllowed => SessionOutcome.Refused.NotAllowed,
            RoomChange.TooMany => new SessionOutcome.Refused("too many"),
            _ => new SessionOutcome.Refused($"{setting.Told ?? "room"} is not here"),
        };

    private string RoleOf(Name room, RoomStanding standing)
    {
        if (RoomCharter.IsOwner(me, standing.Owner, room))
            return "owner";
        return standing.Moderators.Contains(me.Name) ? "moderator" : "member";
    }

    private static string Text(IReadOnlyCollection<Name> names) =>
        names.Count == 0 ? RoomSetting.None : string.Join(',', names.Take(MostNames).Select(n => n.Local)) + (names.Count > MostNames ? ",..." : "");

    private static string Text(IReadOnlyCollection<InvitationDetails> invitations) => invitations.Count == 0
        ? RoomSetting.None
        : string.Join(',', invitations.Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{i.Id:N}:{i.Uses}/{i.MaxUses}:{i.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}")));
}
