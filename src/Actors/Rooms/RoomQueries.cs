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
[MessagePackObject]
public sealed record RoomDetails(
    [property: Key(0)] Name Room,
    [property: Key(1)] bool IsKept,
    [property: Key(2)] bool IsLocked,
    [property: Key(3)] int MaxMembers,
    [property: Key(4)] ImmutableArray<MemberDetails> Members,
    [property: Key(5)] int All,
    [property: Key(6)] ImmutableArray<Name>? PutOut = null) : IWireMessage;

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
