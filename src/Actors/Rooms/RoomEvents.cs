using System.Collections.Immutable;
using Conference.Actors.Calls;
using Conference.Protocol.Addresses;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>What is stored of a room.</summary>
public abstract record RoomEvent
{
    private RoomEvent()
    {
    }

    /// <summary>An operator keeps the room, with these settings; again, with others.</summary>
    [MessagePackObject]
    public sealed record RoomKept(
        [property: Key(0)] int MaxMembers, [property: Key(1)] bool IsLocked, [property: Key(2)] CommandId Command) : RoomEvent;

    /// <summary>It is kept no more, and whoever was in it is put out.</summary>
    [MessagePackObject]
    public sealed record RoomClosed([property: Key(0)] CommandId Command) : RoomEvent;

    /// <summary>An operator muted a member, or took that back, for as long as the room is open.</summary>
    [MessagePackObject]
    public sealed record MemberMuted(
        [property: Key(0)] Name Member, [property: Key(1)] bool IsMuted, [property: Key(2)] CommandId Command) : RoomEvent;

    /// <summary>An operator puts a member out: whatever calls it had by then end.</summary>
    [MessagePackObject]
    public sealed record MemberPutOut([property: Key(0)] Name Member, [property: Key(1)] CommandId Command) : RoomEvent;

    /// <summary>A member is in.</summary>
    [MessagePackObject]
    public sealed record CallStarted(
        [property: Key(0)] Guid Call,
        [property: Key(1)] Name User,
        [property: Key(2)] long Session,
        [property: Key(3)] string Node,
        [property: Key(4)] DateTimeOffset At) : RoomEvent;

    /// <summary>A member is out. What it sent and was sent, as far as is known.</summary>
    [MessagePackObject]
    public sealed record CallEnded(
        [property: Key(0)] Guid Call,
        [property: Key(1)] DateTimeOffset At,
        [property: Key(2)] CallEnd End,
        [property: Key(3)] CallTotals Totals) : RoomEvent;

    /// <summary>The room's actor is a new one, and nodes may still think of the one before: the number of this event is its <see cref="RoomTerm"/>.</summary>
    [MessagePackObject]
    public sealed record RoomResumed([property: Key(0)] DateTimeOffset At) : RoomEvent;
}

/// <summary>What a room's events come to.</summary>
/// <param name="Kept">Its settings; null when nobody keeps it.</param>
/// <param name="OpenCalls">Who was in it.</param>
/// <param name="Muted">Whom an operator muted.</param>
/// <param name="Done">The operators' latest commands that were done, the oldest first.</param>
/// <param name="PutOut">Those of <paramref name="OpenCalls"/> that an operator ends.</param>
[MessagePackObject]
public sealed record RoomSnapshot(
    [property: Key(0)] RoomEvent.RoomKept? Kept,
    [property: Key(1)] ImmutableArray<RoomEvent.CallStarted> OpenCalls,
    [property: Key(2)] ImmutableArray<Name> Muted,
    [property: Key(3)] ImmutableArray<CommandId> Done,
    [property: Key(4)] ImmutableArray<Guid> PutOut);
