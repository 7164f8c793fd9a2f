using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;

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
/// <param name="PutOut">Names that were put out and may not come back until the room closes.</param>
public sealed record RoomModel(string Name, bool Kept, bool Locked, int MaxMembers, IReadOnlyList<MemberModel> Members, IReadOnlyList<string> PutOut);

/// <param name="Name">The user.</param>
/// <param name="Session">Its session, as in call records.</param>
/// <param name="Node">Where that is.</param>
/// <param name="Services">What it takes part in.</param>
/// <param name="Muted">By an operator.</param>
/// <param name="Since">When it joined, by the clock of then.</param>
/// <param name="Seconds">How long it has been here, whatever became of the clock; null where the room is on a node that does not say.</param>
public sealed record MemberModel(
    string Name, string Session, string Node, IReadOnlyList<string> Services, bool Muted, DateTimeOffset Since, double? Seconds);

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
        record.Id, record.Room.ToString(), record.User.ToString(), SessionText.Of(record.Session), record.Node, record.Services, record.Started,
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
public sealed record PutUser([property: StringLength(UsersApi.LongestPassword, MinimumLength = UsersApi.ShortestPassword)] string Password)
{
    public override string ToString() => nameof(PutUser);
}

/// <summary>Body of `PUT rooms/{room}`.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutRoom([property: Range(1, RoomsApi.MostMembers)] int? MaxMembers = null, bool? Locked = null);

/// <summary>Body of `PUT rooms/{room}/members/{member}/mute`.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutMute(bool? Muted = true);

/// <summary>Sessions are numbers of 63 bits; JSON readers keep 53.</summary>
internal static class SessionText
{
    public static string Of(long session) => $"{session:x16}";
}
