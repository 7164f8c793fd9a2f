using System.Collections.Immutable;
using Conference.Actors.Forwarding;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>
/// What happened in a room, told once to every node that has members there. Each node's forwarder makes of it what its
/// own members must hear and see.
/// </summary>
public abstract record RoomEvent(Name Room) : IForwarderMessage
{
    /// <summary>A participant's port of one service is in. <paramref name="IsFirst"/>: the participant was not here before.</summary>
    /// <param name="Room">Where.</param>
    /// <param name="Who">Who.</param>
    /// <param name="Port">With which port.</param>
    /// <param name="IsFirst">See above.</param>
    /// <param name="IsMuted">An operator muted it.</param>
    public sealed record Joined(Name Room, Participant Who, JoiningPort Port, bool IsFirst, bool IsMuted) : RoomEvent(Room);

    /// <summary>A participant's service is over. <paramref name="IsLast"/>: the participant is here no more.</summary>
    public sealed record Left(Name Room, Participant Who, Service Service, bool IsLast) : RoomEvent(Room);

    /// <summary>A member is to be put out: its node tells its session, whose ports then leave by themselves.</summary>
    public sealed record PutOut(Name Room, Participant Who) : RoomEvent(Room);

    /// <summary>An operator muted a member, or took it back.</summary>
    public sealed record Muted(Name Room, Name Member, bool IsMuted) : RoomEvent(Room);

    /// <summary>The room's actor is new and does not know who is in the room: every node is to say so.</summary>
    /// <param name="Room">Which.</param>
    /// <param name="AllMuted">Whom an operator muted, and nobody else: of a write that failed, a node does not know whether it was stored.</param>
    public sealed record Recovered(Name Room, ImmutableArray<Name> AllMuted) : RoomEvent(Room);

    /// <summary>Somebody spoke.</summary>
    public sealed record Said(Name Room, SessionId From, SessionNotice.Said Notice) : RoomEvent(Room);
}
