using System.Text.Json.Serialization;
using Conference.Actors.Calls;

namespace Conference.Node.Api;

/// <summary>One page of a list, and where the next begins: pass it as <c>after</c>; null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A page of what all nodes know together.</summary>
/// <param name="Items">See <see cref="Page{T}"/>.</param>
/// <param name="Next">See there.</param>
/// <param name="Unanswered">Names of nodes that did not answer in time: what only they know is not in this page. Mostly empty.</param>
public sealed record GatheredPage<T>(IReadOnlyList<T> Items, string? Next, IReadOnlyCollection<string> Unanswered);

/// <param name="Name">Its name.</param>
/// <param name="Kept">An operator keeps it, with its settings.</param>
/// <param name="Locked">It lets nobody in.</param>
/// <param name="MaxMembers">Sessions it holds.</param>
/// <param name="Members">Sessions in it.</param>
public sealed record RoomSummary(string Name, bool Kept, bool Locked, int MaxMembers, int Members);

/// <summary>A room with everyone in it.</summary>
public sealed record RoomModel(string Name, bool Kept, bool Locked, int MaxMembers, IReadOnlyList<MemberModel> Members);

/// <param name="Name">The user.</param>
/// <param name="Session">Its session, as in call records.</param>
/// <param name="Node">Where that is.</param>
/// <param name="Services">What it takes part in.</param>
/// <param name="Muted">By an operator.</param>
/// <param name="Since">When it joined.</param>
public sealed record MemberModel(string Name, string Session, string Node, IReadOnlyList<string> Services, bool Muted, DateTimeOffset Since);

/// <param name="Name">The user.</param>
/// <param name="Account">It has an account.</param>
/// <param name="Online">It is signed in.</param>
/// <param name="Status">online, away, busy or hidden; null when not signed in.</param>
/// <param name="Sessions">How many.</param>
public sealed record UserModel(string Name, bool Account, bool Online, string? Status, int Sessions);

/// <summary>A member's stay in a room.</summary>
public sealed record CallModel(
    Guid Id, string Room, string User, string Session, string Node, IReadOnlyList<string> Services, DateTimeOffset Started,
    DateTimeOffset? Ended, string? End, long BytesIn, long BytesOut, long PacketsIn, long PacketsOut)
{
    public static CallModel Of(CallRecord record) => new(
        record.Id, record.Room.ToString(), record.User.ToString(), SessionText.Of(record.Session), record.Node, record.Services, record.Started,
        record.Ended, record.End == CallEnd.Open ? null : EndText(record.End), record.BytesIn, record.BytesOut, record.PacketsIn, record.PacketsOut);

    private static string EndText(CallEnd end) => end switch
    {
        CallEnd.Left => "left",
        CallEnd.Lost => "lost",
        CallEnd.PutOut => "put out",
        _ => "node gone",
    };
}

/// <param name="Id">Of this life of it, 32 hexadecimal digits.</param>
/// <param name="Name"><c>Node:Name</c>; null before it has said so here.</param>
/// <param name="Number">Counted up over all lives of all nodes; 0 for a node alone.</param>
/// <param name="Self">It is the one that answers.</param>
/// <param name="State">joining, up or leaving.</param>
/// <param name="Reachable">The cluster hears from it.</param>
/// <param name="Draining">It lets no clients in and sends on those it has.</param>
/// <param name="Host">Where clients reach it; null before it has said so here.</param>
/// <param name="Address">Where other nodes do.</param>
/// <param name="Shards">Shards of users and of rooms it owns; this node's only.</param>
/// <param name="Sessions">Open sessions; null where it is not known here.</param>
/// <param name="Rooms">Open rooms it owns; null where it is not known here.</param>
/// <param name="Members">Members whose session is there; null where it is not known here.</param>
public sealed record NodeModel(
    string Id, string? Name, long Number, bool Self, string State, bool Reachable, bool Draining, string? Host, string Address, int? Shards,
    long? Sessions, long? Rooms, long? Members);

/// <summary>Body of <c>PUT users/{name}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutUser(string? Password)
{
    public override string ToString() => nameof(PutUser);
}

/// <summary>Body of <c>PUT rooms/{room}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutRoom(int? MaxMembers, bool? Locked);

/// <summary>Body of <c>PUT rooms/{room}/members/{member}/mute</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutMute(bool? Muted);

/// <summary>Sessions are numbers of 63 bits; JSON readers keep 53.</summary>
internal static class SessionText
{
    public static string Of(long session) => $"{session:x16}";
}
