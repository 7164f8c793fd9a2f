using System.Collections.Immutable;
using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Rooms;

/// <summary>What is journaled of a room.</summary>
public abstract record RoomJournalEvent
{
    private RoomJournalEvent() { }

    /// <summary>An operator keeps the room, with these settings; again, with others.</summary>
    public sealed record RoomKept(int MaxMembers, bool IsLocked, CommandId? Command = null) : RoomJournalEvent;

    /// <summary>It is kept no more, and whoever was in it is put out.</summary>
    public sealed record RoomClosed(CommandId? Command = null) : RoomJournalEvent;

    /// <summary>An operator muted a member, or took that back, for as long as the room is open.</summary>
    public sealed record MemberMuted(Name Member, bool IsMuted, CommandId? Command = null) : RoomJournalEvent;

    /// <summary>An operator puts a member out: whatever calls it had by then end.</summary>
    public sealed record MemberPutOut(Name Member, CommandId? Command = null) : RoomJournalEvent;

    /// <summary>A member is in.</summary>
    public sealed record CallStarted(Guid Call, Name User, long Session, string Node, DateTimeOffset At) : RoomJournalEvent;

    /// <summary>A member is out. What it sent and was sent, as far as is known.</summary>
    public sealed record CallEnded(Guid Call, DateTimeOffset At, CallEnd End, CallTotals Totals) : RoomJournalEvent;
}

/// <summary>What went through one member's ports.</summary>
/// <param name="Services">Every service it had.</param>
/// <param name="BytesIn">From the member.</param>
/// <param name="BytesOut">To the member.</param>
/// <param name="PacketsIn">From the member.</param>
/// <param name="PacketsOut">To the member.</param>
public sealed record CallTotals(ImmutableArray<string> Services, long BytesIn, long BytesOut, long PacketsIn, long PacketsOut)
{
    public static CallTotals None { get; } = new([], 0, 0, 0, 0);

    public CallTotals Plus(CallTotals other) => new(
        [.. Services, .. other.Services.Except(Services)],
        BytesIn + other.BytesIn, BytesOut + other.BytesOut, PacketsIn + other.PacketsIn, PacketsOut + other.PacketsOut);

    public bool Equals(CallTotals? other) => other is not null && Services.SequenceEqual(other.Services)
        && (BytesIn, BytesOut, PacketsIn, PacketsOut) == (other.BytesIn, other.BytesOut, other.PacketsIn, other.PacketsOut);

    public override int GetHashCode() => HashCode.Combine(BytesIn, BytesOut, PacketsIn, PacketsOut, Services.Length);
}

/// <summary>What a room's events come to.</summary>
/// <param name="Kept">Its settings; null when nobody keeps it.</param>
/// <param name="OpenCalls">Who was in it.</param>
/// <param name="Muted">Whom an operator muted.</param>
public sealed record RoomSnapshot(
    RoomJournalEvent.RoomKept? Kept, ImmutableArray<RoomJournalEvent.CallStarted> OpenCalls, ImmutableArray<Name> Muted)
{
    /// <summary>The operators' latest commands that were done, the oldest first.</summary>
    public ImmutableArray<CommandId> Done { get; init; } = [];

    /// <summary>Those of <see cref="OpenCalls"/> that an operator ends.</summary>
    public ImmutableArray<Guid> PutOut { get; init; } = [];

    public bool Equals(RoomSnapshot? other) =>
        other is not null && Kept == other.Kept && OpenCalls.SequenceEqual(other.OpenCalls) && Muted.SequenceEqual(other.Muted)
        && Done.SequenceEqual(other.Done) && PutOut.SequenceEqual(other.PutOut);

    public override int GetHashCode() => HashCode.Combine(Kept, OpenCalls.Length, Muted.Length);
}
