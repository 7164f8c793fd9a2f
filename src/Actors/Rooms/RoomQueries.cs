using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Forwarding;
using Conference.Actors.Serialization;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>What can be asked of a room.</summary>
public static class RoomQueries
{
    /// <summary>-> <see cref="RoomPresence"/></summary>
    [MessagePackObject]
    public sealed record Find([property: Key(0)] Name Room) : IRoomMessage;

    /// <summary>Some of the members, in the order they came. -> <see cref="SessionOutcome.Members"/></summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="After">How many to leave out.</param>
    [MessagePackObject]
    public sealed record ListMembers([property: Key(0)] Name Room, [property: Key(1)] int After = 0) : IRoomMessage;

    /// <summary>Some of the members, and where what they send is known. -> <see cref="RoomLocations"/></summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="After">How many to leave out.</param>
    [MessagePackObject]
    public sealed record Locate([property: Key(0)] Name Room, [property: Key(1)] int After = 0) : IRoomMessage;

    /// <summary>The room, and some of its members. -> <see cref="RoomDetails"/></summary>
    /// <param name="Room">Which room.</param>
    /// <param name="After">How many members to leave out.</param>
    [MessagePackObject]
    public sealed record Describe([property: Key(0)] Name Room, [property: Key(1)] int After = 0) : IRoomMessage;

    /// <summary>What a client's password is looked at by. -> <see cref="RoomPassword"/></summary>
    [MessagePackObject]
    public sealed record ReadPassword([property: Key(0)] Name Room) : IRoomMessage;

    /// <summary>Members one answer holds: a message between nodes has a limit, a room has not.</summary>
    public const int MembersPerAnswer = 500;
}

/// <summary>What is known of a room.</summary>
/// <param name="IsOpen">It has members.</param>
/// <param name="IsKept">An operator keeps it, open or not.</param>
/// <param name="IsBusy">It takes no further ones.</param>
[MessagePackObject]
public sealed record RoomPresence([property: Key(0)] bool IsOpen, [property: Key(1)] bool IsKept, [property: Key(2)] bool IsBusy) : IWireMessage
{
    [IgnoreMember]
    public bool IsHere => IsOpen || IsKept;
}

/// <summary>A room's members, and the forwarders of every node that has some: asked for <see cref="ForwarderCommands.ReadSources"/>, each
/// tells what its own send.</summary>
/// <param name="Members">Some of them.</param>
/// <param name="Nodes">All of these.</param>
/// <param name="All">How many members there are.</param>
[MessagePackObject]
public sealed record RoomLocations(
    [property: Key(0)] ImmutableArray<LocatedMember> Members,
    [property: Key(1)] ImmutableArray<IActorRef> Nodes,
    [property: Key(2)] int All) : IWireMessage;

/// <summary>A member, and which session it is.</summary>
[MessagePackObject]
public sealed record LocatedMember([property: Key(0)] SessionId Session, [property: Key(1)] Name Name, [property: Key(2)] ImmutableArray<Service> Services);

/// <summary>A room as an operator sees it.</summary>
/// <param name="Room">Its name.</param>
/// <param name="IsKept">An operator keeps it.</param>
/// <param name="IsLocked">It lets nobody in.</param>
/// <param name="MaxMembers">How many it holds.</param>
/// <param name="Members">Some of those in it.</param>
/// <param name="All">How many there are.</param>
/// <param name="PutOut">Who may not come back; null from a node that does not say.</param>
/// <param name="Standing">Who runs it and how; null from a node that does not say.</param>
[MessagePackObject]
public sealed record RoomDetails(
    [property: Key(0)] Name Room,
    [property: Key(1)] bool IsKept,
    [property: Key(2)] bool IsLocked,
    [property: Key(3)] int MaxMembers,
    [property: Key(4)] ImmutableArray<MemberDetails> Members,
    [property: Key(5)] int All,
    [property: Key(6)] ImmutableArray<Name>? PutOut = null,
    [property: Key(7)] RoomStanding? Standing = null) : IWireMessage;

/// <summary>Who runs a room and how, as it is told; of its password no more than whether there is one.</summary>
/// <param name="Owner">Null for nobody.</param>
/// <param name="Moderators">Beside the owner.</param>
/// <param name="HasLobby">Whoever comes waits to be let in.</param>
/// <param name="HasPassword">Whoever comes must say it.</param>
/// <param name="KeepsHistory">Who comes late is told what was said.</param>
/// <param name="MutesAll">Whoever comes is muted.</param>
/// <param name="Title">Null for none.</param>
/// <param name="MessageOfTheDay">Null for none.</param>
/// <param name="Waiting">Who waits in the lobby, the one that has waited longest first.</param>
/// <param name="Invitations">The oldest first, those too that are good no more.</param>
[MessagePackObject]
public sealed record RoomStanding(
    [property: Key(0)] Name? Owner,
    [property: Key(1)] ImmutableArray<Name> Moderators,
    [property: Key(2)] bool HasLobby,
    [property: Key(3)] bool HasPassword,
    [property: Key(4)] bool KeepsHistory,
    [property: Key(5)] bool MutesAll,
    [property: Key(6)] string? Title,
    [property: Key(7)] string? MessageOfTheDay,
    [property: Key(8)] ImmutableArray<Name> Waiting,
    [property: Key(9)] ImmutableArray<InvitationDetails> Invitations)
{
    public override string ToString() => nameof(RoomStanding);
}

/// <param name="Id">By which it is withdrawn.</param>
/// <param name="Until">When it is over.</param>
/// <param name="MaxUses">For how many persons.</param>
/// <param name="Uses">How many came by it.</param>
[MessagePackObject]
public sealed record InvitationDetails(
    [property: Key(0)] Guid Id, [property: Key(1)] DateTimeOffset Until, [property: Key(2)] int MaxUses, [property: Key(3)] int Uses);

/// <param name="Hash">What the room keeps of its password; null where it has none.</param>
[MessagePackObject]
public sealed record RoomPassword([property: Key(0)] string? Hash) : IWireMessage
{
    public override string ToString() => nameof(RoomPassword);
}

/// <summary>A member as an operator sees it.</summary>
/// <param name="Name">Who.</param>
/// <param name="Session">Which session of its.</param>
/// <param name="Node">Where that is.</param>
/// <param name="Services">What it is connected to.</param>
/// <param name="IsMuted">By an operator.</param>
/// <param name="Since">When it came, by the clock of then.</param>
/// <param name="For">How long it has been here, by a clock that only goes forward; null from a node that does not say.</param>
/// <param name="IsRecording">It says that it records the room.</param>
[MessagePackObject]
public sealed record MemberDetails(
    [property: Key(0)] Name Name,
    [property: Key(1)] SessionId Session,
    [property: Key(2)] string Node,
    [property: Key(3)] ImmutableArray<Service> Services,
    [property: Key(4)] bool IsMuted,
    [property: Key(5)] DateTimeOffset Since,
    [property: Key(6)] TimeSpan? For = null,
    [property: Key(7)] bool IsRecording = false);
