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

    /// <summary>Somebody was muted by its name, or that was taken back, see <see cref="RoomModeration"/>.</summary>
    /// <param name="Member">Who.</param>
    /// <param name="IsMuted">False: it was taken back.</param>
    /// <param name="Command">Which says so.</param>
    /// <param name="By">The moderator; null for an operator, here and below.</param>
    [MessagePackObject]
    public sealed record MemberMuted(
        [property: Key(0)] Name Member, [property: Key(1)] bool IsMuted, [property: Key(2)] CommandId Command, [property: Key(3)] Name? By = null) : RoomEvent;

    /// <summary>A member is put out: whatever calls it had by then end.</summary>
    /// <param name="Member">Whom.</param>
    /// <param name="Command">Which says so.</param>
    /// <param name="IsBarred">The name may not come back either, see <see cref="RoomModeration"/>. Before that was so, it might.</param>
    /// <param name="NotBefore">When it may come back; null: when the room has closed.</param>
    /// <param name="By">The moderator.</param>
    [MessagePackObject]
    public sealed record MemberPutOut(
        [property: Key(0)] Name Member,
        [property: Key(1)] CommandId Command,
        [property: Key(2)] bool IsBarred = false,
        [property: Key(3)] DateTimeOffset? NotBefore = null,
        [property: Key(4)] Name? By = null) : RoomEvent;

    /// <summary>Somebody may come in again who was put out.</summary>
    [MessagePackObject]
    public sealed record MemberLetIn([property: Key(0)] Name Member, [property: Key(1)] CommandId Command, [property: Key(2)] Name? By = null) : RoomEvent;

    /// <summary>Everybody is muted who is in and is no moderator, and whoever comes; or nobody is any more.</summary>
    [MessagePackObject]
    public sealed record EveryoneMuted(
        [property: Key(0)] bool IsMuted, [property: Key(1)] CommandId Command, [property: Key(2)] Name? By = null) : RoomEvent;

    /// <summary>The room's rules are these now.</summary>
    [MessagePackObject]
    public sealed record RulesChanged(
        [property: Key(0)] RoomRules Rules, [property: Key(1)] CommandId Command, [property: Key(2)] Name? By = null) : RoomEvent;

    /// <summary>The room is somebody's.</summary>
    /// <param name="Owner">Whose.</param>
    /// <param name="Command">An operator's; null: it came first.</param>
    [MessagePackObject]
    public sealed record OwnerSet([property: Key(0)] Name Owner, [property: Key(1)] CommandId? Command = null) : RoomEvent;

    /// <summary>Somebody moderates the room, or does so no more.</summary>
    [MessagePackObject]
    public sealed record ModeratorSet(
        [property: Key(0)] Name Member, [property: Key(1)] bool IsModerator, [property: Key(2)] CommandId Command, [property: Key(3)] Name? By = null) : RoomEvent;

    /// <summary>Somebody begins to wait in the lobby. Said again when the room's actor is a new one: it knows only who asks it.</summary>
    [MessagePackObject]
    public sealed record MemberWaiting([property: Key(0)] Name Member, [property: Key(1)] DateTimeOffset At) : RoomEvent;

    /// <summary>Who waited in the lobby may come in, and so may the name until the room closes.</summary>
    [MessagePackObject]
    public sealed record MemberAdmitted(
        [property: Key(0)] Name Member, [property: Key(1)] CommandId Command, [property: Key(2)] Name? By = null) : RoomEvent;

    /// <summary>Who waited in the lobby may not come in. It may ask again.</summary>
    [MessagePackObject]
    public sealed record MemberTurnedAway(
        [property: Key(0)] Name Member, [property: Key(1)] CommandId Command, [property: Key(2)] Name? By = null) : RoomEvent;

    /// <summary>There is an invitation.</summary>
    [MessagePackObject]
    public sealed record InvitationMade(
        [property: Key(0)] Invitation Invitation, [property: Key(1)] CommandId Command, [property: Key(2)] Name? By = null) : RoomEvent;

    /// <summary>Somebody comes in by an invitation, for the first time.</summary>
    [MessagePackObject]
    public sealed record InvitationUsed([property: Key(0)] Guid Invitation, [property: Key(1)] Name Member) : RoomEvent;

    /// <summary>An invitation is good no more.</summary>
    [MessagePackObject]
    public sealed record InvitationWithdrawn(
        [property: Key(0)] Guid Invitation, [property: Key(1)] CommandId Command, [property: Key(2)] Name? By = null) : RoomEvent;

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

    /// <summary>A member says that it records.</summary>
    /// <param name="Call">Whose.</param>
    /// <param name="At">When it said so.</param>
    [MessagePackObject]
    public sealed record RecordingBegan([property: Key(0)] Guid Call, [property: Key(1)] DateTimeOffset At) : RoomEvent;

    /// <summary>It records no more. Comes before the end of its call, too.</summary>
    /// <param name="Call">Whose.</param>
    /// <param name="At">Its beginning, and how long it lasted.</param>
    [MessagePackObject]
    public sealed record RecordingEnded([property: Key(0)] Guid Call, [property: Key(1)] DateTimeOffset At) : RoomEvent;

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
/// <param name="Moderation">What else holds by name; null in one of before it did.</param>
/// <param name="Latest">The latest time in its events; null in one of before it was kept.</param>
/// <param name="Charter">Who runs it; null in one of before people could.</param>
/// <param name="Recordings">Which of <paramref name="OpenCalls"/> record; null in one of before that was stored.</param>
[MessagePackObject]
public sealed record RoomSnapshot(
    [property: Key(0)] RoomEvent.RoomKept? Kept,
    [property: Key(1)] ImmutableArray<RoomEvent.CallStarted> OpenCalls,
    [property: Key(2)] ImmutableArray<Name> Muted,
    [property: Key(3)] ImmutableArray<CommandId> Done,
    [property: Key(4)] ImmutableArray<Guid> PutOut,
    [property: Key(5)] RoomModerationSnapshot? Moderation = null,
    [property: Key(6)] DateTimeOffset? Latest = null,
    [property: Key(7)] RoomCharter? Charter = null,
    [property: Key(8)] RoomRecordingsSnapshot? Recordings = null);

/// <summary>What holds of people by their names, see <see cref="RoomModeration"/>; whom an operator muted stands beside it.</summary>
/// <param name="PutOut">Who may not come in, until the room closes.</param>
/// <param name="Left">Who left of late by itself.</param>
/// <param name="EmptySince">When the last member left; null while somebody is in, and where nobody ever was.</param>
/// <param name="NotBefore">Who may not come in before when; null in one of before that could be.</param>
[MessagePackObject]
public sealed record RoomModerationSnapshot(
    [property: Key(0)] ImmutableArray<Name> PutOut,
    [property: Key(1)] ImmutableArray<RoomLeaver> Left,
    [property: Key(2)] DateTimeOffset? EmptySince,
    [property: Key(3)] ImmutableArray<RoomReturn>? NotBefore = null);

/// <summary>Recordings that go on.</summary>
[MessagePackObject]
public sealed record RoomRecordingsSnapshot([property: Key(0)] ImmutableArray<RoomEvent.RecordingBegan> Open);

/// <summary>Somebody left.</summary>
[MessagePackObject]
public sealed record RoomLeaver([property: Key(0)] Name Who, [property: Key(1)] DateTimeOffset At);

/// <summary>Somebody was put out, and may come back.</summary>
[MessagePackObject]
public sealed record RoomReturn([property: Key(0)] Name Who, [property: Key(1)] DateTimeOffset NotBefore);
