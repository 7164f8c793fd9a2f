using System.Collections.Immutable;
using Conference.Protocol.Addresses;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>
/// Who runs a room and by which rules: what the people in it decide, where settings are its operator's. It holds until the room closes, which is when an
/// operator closes it or, where nobody keeps it, when nobody has been in it for <see cref="RoomModeration.Lasts"/>. Immutable.
/// </summary>
/// <param name="Owner">Who made the room by coming first, or who it is called after; null where nobody did who has an account.</param>
/// <param name="Moderators">To whom the owner or an operator gave it, by name.</param>
/// <param name="Admitted">Who was let in from the lobby, by name.</param>
/// <param name="Rules">What holds for everybody.</param>
/// <param name="Invitations">The oldest first, those too that are good no more.</param>
/// <param name="MutesAll">Whoever comes and is no moderator is muted.</param>
[MessagePackObject]
public sealed record RoomCharter(
    [property: Key(0)] Name? Owner,
    [property: Key(1)] ImmutableArray<Name> Moderators,
    [property: Key(2)] ImmutableArray<Name> Admitted,
    [property: Key(3)] RoomRules Rules,
    [property: Key(4)] ImmutableArray<Invitation> Invitations,
    [property: Key(5)] bool MutesAll)
{
    /// <summary>All of them are told in one line.</summary>
    public const int MaxModerators = 50;

    /// <summary>All of them are told in one line.</summary>
    public const int MaxInvitations = 50;

    public static RoomCharter None { get; } = new(null, [], [], RoomRules.None, [], false);

    /// <param name="who">Who.</param>
    /// <param name="room">Of which room this is.</param>
    public bool IsOwner(Participant who, Name room) => IsOwner(who, Owner, room);

    /// <inheritdoc cref="IsOwner(Participant, Name)"/>
    /// <param name="owner">Who has it beside who it is called after.</param>
    public static bool IsOwner(Participant who, Name? owner, Name room) => who.IsProven && (who.Name == owner || who.Name == room);

    /// <inheritdoc cref="IsOwner(Participant, Name)"/>
    public bool IsModerator(Participant who, Name room) => Moderators.Contains(who.Name) || IsOwner(who, room);

    /// <summary>By name alone: a call's record does not say who has proved to be somebody.</summary>
    public bool IsModerator(Name who) => who == Owner || Moderators.Contains(who);

    /// <summary>What it comes to by an event. Of others than its own it takes no notice.</summary>
    public RoomCharter With(RoomEvent happened) => happened switch
    {
        RoomEvent.RulesChanged changed => this with { Rules = changed.Rules },
        RoomEvent.OwnerSet set => this with { Owner = set.Owner },
        RoomEvent.ModeratorSet set => this with { Moderators = set.IsModerator ? With(Moderators, set.Member) : Moderators.Remove(set.Member) },
        RoomEvent.EveryoneMuted muted => this with { MutesAll = muted.IsMuted },
        RoomEvent.MemberAdmitted admitted => this with { Admitted = With(Admitted, admitted.Member) },
        RoomEvent.MemberTurnedAway away => this with { Admitted = Admitted.Remove(away.Member) },
        RoomEvent.MemberPutOut putOut => this with { Admitted = Admitted.Remove(putOut.Member) },
        RoomEvent.InvitationMade made => this with { Invitations = Invitations.Add(made.Invitation) },
        RoomEvent.InvitationWithdrawn gone => this with { Invitations = Invitations.RemoveAll(i => i.Id == gone.Invitation) },
        RoomEvent.InvitationUsed used => this with
        {
            Invitations = [.. Invitations.Select(i => i.Id == used.Invitation ? i with { UsedBy = With(i.UsedBy, used.Member) } : i)],
        },
        _ => this,
    };

    private static ImmutableArray<Name> With(ImmutableArray<Name> names, Name one) => names.Contains(one) ? names : names.Add(one);
}

/// <summary>What holds in a room for everybody.</summary>
/// <param name="HasLobby">Whoever comes waits until a moderator lets them in; null: as the domain has it.</param>
/// <param name="IsLocked">Nobody comes in; where an operator keeps the room, its settings say so instead.</param>
/// <param name="PasswordHash">Of the password without which nobody comes in; null for none.</param>
/// <param name="Title">One line; null for none.</param>
/// <param name="MessageOfTheDay">One line; null for none.</param>
/// <param name="KeepsHistory">Who comes late is told what was said.</param>
[MessagePackObject]
public sealed record RoomRules(
    [property: Key(0)] bool? HasLobby,
    [property: Key(1)] bool IsLocked,
    [property: Key(2)] string? PasswordHash,
    [property: Key(3)] string? Title,
    [property: Key(4)] string? MessageOfTheDay,
    [property: Key(5)] bool KeepsHistory)
{
    public static RoomRules None { get; } = new(null, false, null, null, null, false);

    public override string ToString() => nameof(RoomRules);
}

/// <summary>What is to be changed of <see cref="RoomRules"/>: what is null stays, and an empty text takes one back.</summary>
[MessagePackObject]
public sealed record RoomRulesChange(
    [property: Key(0)] bool? HasLobby = null,
    [property: Key(1)] bool? IsLocked = null,
    [property: Key(2)] string? PasswordHash = null,
    [property: Key(3)] string? Title = null,
    [property: Key(4)] string? MessageOfTheDay = null,
    [property: Key(5)] bool? KeepsHistory = null)
{
    public RoomRules Of(RoomRules rules) => new(
        HasLobby ?? rules.HasLobby, IsLocked ?? rules.IsLocked, Text(PasswordHash, rules.PasswordHash), Text(Title, rules.Title),
        Text(MessageOfTheDay, rules.MessageOfTheDay), KeepsHistory ?? rules.KeepsHistory);

    public override string ToString() => nameof(RoomRulesChange);

    private static string? Text(string? changed, string? before) => changed is null ? before : changed.Length == 0 ? null : changed;
}

/// <summary>Who has its token comes in, past the lobby and without the password.</summary>
/// <param name="Id">By which it is withdrawn.</param>
/// <param name="Digest">Of the token, see <see cref="InvitationToken"/>.</param>
/// <param name="Until">When it is over.</param>
/// <param name="MaxUses">For how many persons.</param>
/// <param name="UsedBy">Who came by it: each counts once, however often it comes.</param>
[MessagePackObject]
public sealed record Invitation(
    [property: Key(0)] Guid Id,
    [property: Key(1)] string Digest,
    [property: Key(2)] DateTimeOffset Until,
    [property: Key(3)] int MaxUses,
    [property: Key(4)] ImmutableArray<Name> UsedBy)
{
    /// <param name="who">Who shows it.</param>
    /// <param name="now">By the room's clock.</param>
    public bool IsGoodFor(Name who, DateTimeOffset now) => now < Until && (UsedBy.Contains(who) || UsedBy.Length < MaxUses);
}
