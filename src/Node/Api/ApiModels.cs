using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Protocol.Session;

namespace Conference.Node.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Next">Pass it as `after` for the next page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A page of what all nodes know together.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Next">Pass it as `after` for the next page; null at the end.</param>
/// <param name="Unanswered">
/// Names of nodes that did not answer in time: what only they know is not in this page. `(moving)` where a room or user itself did not answer, as while
/// its shard moves. Mostly empty.
/// </param>
public sealed record GatheredPage<T>(IReadOnlyList<T> Items, string? Next, IReadOnlyCollection<string> Unanswered);

/// <param name="Name">Its name.</param>
/// <param name="Kept">An operator keeps it, with its settings.</param>
/// <param name="Locked">It lets nobody in.</param>
/// <param name="MaxMembers">Sessions it holds.</param>
/// <param name="Members">Sessions in it.</param>
public sealed record RoomSummary(string Name, bool Kept, bool Locked, int MaxMembers, int Members);

/// <summary>A room with everyone in it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kept">An operator keeps it, with its settings.</param>
/// <param name="Locked">It lets nobody in but who was in it within the last minute.</param>
/// <param name="MaxMembers">Sessions it holds.</param>
/// <param name="Members">Sessions in it.</param>
/// <param name="PutOut">Names that were put out and may not come back yet.</param>
/// <param name="Title">One line; null for none.</param>
/// <param name="Motd">The message of the day; null for none.</param>
/// <param name="Lobby">Whoever comes waits until a moderator, or a call here, lets them in.</param>
/// <param name="HasPassword">Nobody comes in without it.</param>
/// <param name="History">Who comes late is told the last 100 chats of the call.</param>
/// <param name="MutesAll">Whoever comes and is no moderator is muted.</param>
/// <param name="Owner">Whose it is; null for nobody's.</param>
/// <param name="Moderators">Who may do in it what its owner may, but for making moderators.</param>
/// <param name="Waiting">Who waits in the lobby, the one that has waited longest first.</param>
public sealed record RoomModel(
    string Name, bool Kept, bool Locked, int MaxMembers, IReadOnlyList<MemberModel> Members, IReadOnlyList<string> PutOut, string? Title, string? Motd, bool Lobby,
    bool HasPassword, bool History, bool MutesAll, string? Owner, IReadOnlyList<string> Moderators, IReadOnlyList<string> Waiting);

/// <summary>An invitation into a room, without what lets anybody in.</summary>
/// <param name="Id">By which it is withdrawn.</param>
/// <param name="Until">When it is over.</param>
/// <param name="MaxUses">For how many persons.</param>
/// <param name="Uses">How many came by it, each counted once.</param>
public sealed record InvitationModel(string Id, DateTimeOffset Until, int MaxUses, int Uses);

/// <summary>An invitation that was just made.</summary>
/// <param name="Id">By which it is withdrawn.</param>
/// <param name="Token">What lets in who says it; told this once.</param>
/// <param name="Link">The page to join by it, below where browsers reach a node.</param>
public sealed record MadeInvitation(string Id, string Token, string Link);

/// <param name="Name">The user.</param>
/// <param name="Session">Its session, as in call records.</param>
/// <param name="Node">Where that is.</param>
/// <param name="Services">What it takes part in.</param>
/// <param name="Muted">By an operator.</param>
/// <param name="Recording">It says that it records the room.</param>
/// <param name="Since">When it joined, by the clock of then.</param>
/// <param name="Seconds">How long it has been here, whatever became of the clock; null where the room is on a node that does not say.</param>
/// <param name="Sources">The RTP streams it sends, those of two of its ports first one and then the other. Only where one room is asked for.</param>
public sealed record MemberModel(
    string Name, string Session, string Node, IReadOnlyList<string> Services, bool Muted, bool Recording, DateTimeOffset Since, double? Seconds,
    IReadOnlyList<SourceModel> Sources);

/// <summary>One RTP stream of a member, as its node receives it.</summary>
/// <param name="Service">On which it comes.</param>
/// <param name="Ssrc">Its number.</param>
/// <param name="Codec">As its packets show it; `unknown` where they do not.</param>
/// <param name="BitsPerSecond">Of payload, over the last seconds.</param>
/// <param name="FramesPerSecond">Of video; 0 for others.</param>
/// <param name="Packets">That came.</param>
/// <param name="Lost">That never came.</param>
/// <param name="JitterMilliseconds">Of arrival, by RFC 3550.</param>
public sealed record SourceModel(
    string Service, long Ssrc, string Codec, long BitsPerSecond, double FramesPerSecond, long Packets, long Lost, double JitterMilliseconds)
{
    internal static SourceModel Of(MemberSource source) => new(
        source.Service.ToString(), source.Ssrc, source.Codec.ToString(), (long)Math.Round(source.Kilobits * 1000), Math.Round(source.Frames, 1), source.Packets, source.Lost,
        Math.Round(source.JitterMilliseconds, 1));
}

/// <param name="Name">The user.</param>
/// <param name="Account">It has an account.</param>
/// <param name="Online">It is signed in.</param>
/// <param name="Status">Null when not signed in.</param>
/// <param name="Sessions">How many.</param>
public sealed record UserModel(
    string Name, bool Account, bool Online, [property: AllowedValues("online", "away", "busy", "hidden", null)] string? Status, int Sessions);

/// <summary>A member's stay in a room.</summary>
/// <param name="Started">By the clock of then.</param>
/// <param name="Ended">`started` and how long it lasted, which was measured; null while it goes on.</param>
/// <param name="Seconds">How long it lasted, or has by now.</param>
public sealed record CallModel(
    Guid Id, string Room, string User, string Session, string Node, IReadOnlyList<string> Services, DateTimeOffset Started,
    DateTimeOffset? Ended, [property: AllowedValues("left", "lost", "put out", "node gone", null)] string? End, long BytesIn, long BytesOut,
    long PacketsIn, long PacketsOut, double Seconds)
{
    public static CallModel Of(CallRecord record, DateTimeOffset now) => new(
        record.Id, record.Room.Local, record.User.Local, SessionText.Of(record.Session), record.Node, record.Services, record.Started,
        record.Ended, record.End == CallEnd.Open ? null : EndText(record.End), record.BytesIn, record.BytesOut, record.PacketsIn, record.PacketsOut,
        Math.Max(0, ((record.Ended ?? now) - record.Started).TotalSeconds));

    private static string EndText(CallEnd end) => end switch
    {
        CallEnd.Left => "left",
        CallEnd.Lost => "lost",
        CallEnd.PutOut => "put out",
        _ => "node gone",
    };
}

/// <param name="Id">Of this life of the node: one that is started again is another.</param>
/// <param name="Name">`Node:Name`; null before it has said so to the node that answers.</param>
/// <param name="Number">Counted up over all lives of all nodes; 0 for a node that is alone, or that has not said it yet.</param>
/// <param name="Self">The node that answers.</param>
/// <param name="State">What the cluster has agreed on.</param>
/// <param name="Reachable">All others hear from it.</param>
/// <param name="Draining">It lets no clients in and sends on those it has.</param>
/// <param name="Host">Where clients reach it; null before it has said so to the node that answers.</param>
/// <param name="Address">Where other nodes do.</param>
/// <param name="Shards">Shards of users and of rooms it owns; all nodes together have 128. Only of the node that answers.</param>
/// <param name="Sessions">Open sessions. Only of the node that answers.</param>
/// <param name="Rooms">Open rooms it owns. Only of the node that answers.</param>
/// <param name="Members">Members whose session is there. Only of the node that answers.</param>
public sealed record NodeModel(
    [property: RegularExpression("^[0-9a-f]{32}$")] string Id, string? Name, long Number, bool Self,
    [property: AllowedValues("joining", "up", "leaving")] string State, bool Reachable, bool Draining, string? Host, string Address,
    [property: Range(0, 2 * EntityExtractor.ShardCount)] int? Shards, long? Sessions, long? Rooms, long? Members);

/// <summary>Body of `PUT users/{name}`.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutUser([property: StringLength(UsersApi.LongestPassword, MinimumLength = UsersApi.ShortestPassword), Required] string Password) : IRequestBody
{
    string IRequestBody.Told => "";

    public override string ToString() => nameof(PutUser);
}

/// <summary>Body of `PUT rooms/{room}`: all settings of a room.</summary>
/// <param name="MaxMembers">Sessions it holds; without it, `Rooms:MaxMembers`.</param>
/// <param name="Locked">It lets nobody in; without it, it does.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutRoom([property: Range(1, RoomsApi.MostMembers)] int? MaxMembers = null, bool? Locked = null) : IRequestBody
{
    string IRequestBody.Told => RoomSettingsText.Of(MaxMembers, Locked);
}

/// <summary>Body of `PATCH rooms/{room}`: some settings and rules of a room.</summary>
/// <param name="MaxMembers">Sessions it holds.</param>
/// <param name="Locked">It lets nobody in.</param>
/// <param name="Title">One line of 200 bytes at most; empty takes it back.</param>
/// <param name="Motd">The message of the day, one line of 800 bytes at most; empty takes it back.</param>
/// <param name="Lobby">Whoever comes waits to be let in.</param>
/// <param name="Password">Nobody comes in without it; one word of 256 bytes at most; empty takes it back. Only its hash is kept.</param>
/// <param name="History">Who comes late is told the last 100 chats of the call.</param>
/// <param name="Owner">Whose the room is: an account's name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchRoom(
    [property: Range(1, RoomsApi.MostMembers)] int? MaxMembers = null, bool? Locked = null, [property: StringLength(RoomSetting.MaxTitleBytes)] string? Title = null,
    [property: StringLength(RoomSetting.MaxMotdBytes)] string? Motd = null, bool? Lobby = null, [property: StringLength(RoomPass.MaxBytes)] string? Password = null,
    bool? History = null, string? Owner = null) : IRequestBody
{
    // What is written over a door, and what opens it, is no business of the log's.
    string IRequestBody.Told => string.Join(' ', new[]
    {
        RoomSettingsText.Of(MaxMembers, Locked), Title is null ? null : "title", Motd is null ? null : "motd", Flag("lobby", Lobby), Password is null ? null : "password",
        Flag("history", History), Owner is null ? null : $"owner={Owner}",
    }.Where(t => !string.IsNullOrEmpty(t)));

    /// <summary>Of the rules, what does not need to be looked at or worked on first.</summary>
    internal RoomRulesChange Rules => new(HasLobby: Lobby, Title: Title, MessageOfTheDay: Motd, KeepsHistory: History);

    public override string ToString() => nameof(PatchRoom);

    private static string? Flag(string name, bool? value) => value is { } flag ? $"{name}={(flag ? "true" : "false")}" : null;
}

/// <summary>Body of `POST rooms/{room}/invitations`; may be left out.</summary>
/// <param name="Minutes">How long it is good.</param>
/// <param name="Uses">For how many persons.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PostInvitation(
    [property: Range(1, RoomSetting.MaxMinutes)] int Minutes = 1440, [property: Range(1, RoomSetting.MaxUses)] int Uses = 1) : IRequestBody
{
    string IRequestBody.Told => $"minutes={Minutes} uses={Uses}";
}

/// <summary>Body of `POST rooms/{room}/announcements`.</summary>
/// <param name="Text">One line.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PostAnnouncement([property: StringLength(300, MinimumLength = 1), Required] string Text) : IRequestBody
{
    // What operators say is no business of the log's.
    string IRequestBody.Told => "";

    public override string ToString() => nameof(PostAnnouncement);
}

/// <summary>Body of `PUT rooms/{room}/members/{member}/mute`.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutMute(bool Muted = true) : IRequestBody
{
    string IRequestBody.Told => Muted ? "muted=true" : "muted=false";
}

internal static class RoomSettingsText
{
    public static string Of(int? maxMembers, bool? locked) => string.Join(
        ' ', new[] { maxMembers is { } most ? $"maxMembers={most}" : null, locked is { } isLocked ? $"locked={(isLocked ? "true" : "false")}" : null }.OfType<string>());
}

/// <summary>Sessions are numbers of 63 bits; JSON readers keep 53.</summary>
internal static class SessionText
{
    public static string Of(long session) => $"{session:x16}";
}
