using Conference.Actors.Forwarding;
using Conference.Actors.Serialization;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>What clients and operators can do to a room. May be asked again.</summary>
public static class RoomCommands
{
    /// <summary>
    /// Let this port in. A refusal is answered here (<see cref="SessionOutcome.Refused"/>), and so is that it must wait
    /// (<see cref="SessionOutcome.Waiting"/>); otherwise the news goes on
    /// to the participant's node, which answers <see cref="SessionOutcome.Connected"/> once the port hears the room. Asked again for a
    /// port that is in, its node is told again.
    /// </summary>
    /// <param name="Room">Which room.</param>
    /// <param name="Who">Whom.</param>
    /// <param name="Port">With which port.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    /// <param name="IsOfAccount">The room's name is an account's, or that of somebody here who has proved to be it.</param>
    /// <param name="ProvedHash">What the room kept of its password when the client's was looked at, and was right; null where none was.</param>
    /// <param name="Invitation">The digest of the invitation it shows; null for none.</param>
    [MessagePackObject]
    public sealed record Join(
        [property: Key(0)] Name Room,
        [property: Key(1)] Participant Who,
        [property: Key(2)] JoiningPort Port,
        [property: Key(3)] bool HasOwner = false,
        [property: Key(4)] bool IsOfAccount = false,
        [property: Key(5)] string? ProvedHash = null,
        [property: Key(6)] string? Invitation = null) : IRoomMessage
    {
        public override string ToString() => nameof(Join);
    }

    /// <summary>It waits in the lobby no more.</summary>
    [MessagePackObject]
    public sealed record StopWaiting([property: Key(0)] Name Room, [property: Key(1)] SessionId Who) : IRoomMessage;

    /// <summary>Words for everyone in the room, of somebody who is not: members' words go from node to node
    /// (<see cref="ForwarderCommands.Say"/>).</summary>
    [MessagePackObject]
    public sealed record Say(
        [property: Key(0)] Name Room,
        [property: Key(1)] SessionId From,
        [property: Key(2)] Name Speaker,
        [property: Key(3)] Service Service,
        [property: Key(4)] string Text) : IRoomMessage
    {
        public override string ToString() => $"Say {{ Service = {Service} }}";
    }

    /// <summary>An operator keeps the room, with these settings. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Keep(
        [property: Key(0)] Name Room,
        [property: Key(1)] int MaxMembers,
        [property: Key(2)] bool IsLocked,
        [property: Key(3)] CommandId Command) : IRoomMessage;

    /// <summary>
    /// Somebody changes some settings and rules of a room that is open or kept. When an operator changes settings, it is kept from then on.
    /// -> <see cref="RoomAnswer"/>
    /// </summary>
    /// <param name="Room">Which room.</param>
    /// <param name="MaxMembers">An operator's alone. Null leaves it as it is.</param>
    /// <param name="IsLocked">Null leaves it as it is.</param>
    /// <param name="Command">Done once.</param>
    /// <param name="Rules">Null leaves all of them as they are.</param>
    /// <param name="Owner">An operator's alone. Null leaves it as it is.</param>
    /// <param name="By">The moderator's session, here and below; null for an operator.</param>
    [MessagePackObject]
    public sealed record Change(
        [property: Key(0)] Name Room,
        [property: Key(1)] int? MaxMembers,
        [property: Key(2)] bool? IsLocked,
        [property: Key(3)] CommandId Command,
        [property: Key(4)] RoomRulesChange? Rules = null,
        [property: Key(5)] Name? Owner = null,
        [property: Key(6)] SessionId? By = null) : IRoomMessage;

    /// <summary>An operator closes the room: whoever is in it is put out, its settings are forgotten. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Close([property: Key(0)] Name Room, [property: Key(1)] CommandId Command) : IRoomMessage;

    /// <summary>An operator says something to everyone in the room. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Announce([property: Key(0)] Name Room, [property: Key(1)] string Text, [property: Key(2)] CommandId Command) : IRoomMessage
    {
        public override string ToString() => nameof(Announce);
    }

    /// <summary>Puts a member out, or who waits in the lobby, with all its sessions, and keeps the name out. -> <see cref="RoomAnswer"/></summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="Member">Whom.</param>
    /// <param name="Command">Done once.</param>
    /// <param name="By">Who says so.</param>
    /// <param name="Minutes">How long the name is kept out; null: until the room closes.</param>
    [MessagePackObject]
    public sealed record PutOut(
        [property: Key(0)] Name Room,
        [property: Key(1)] Name Member,
        [property: Key(2)] CommandId Command,
        [property: Key(3)] SessionId? By = null,
        [property: Key(4)] int? Minutes = null) : IRoomMessage;

    /// <summary>Lets somebody in again who was put out. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record LetIn(
        [property: Key(0)] Name Room, [property: Key(1)] Name Member, [property: Key(2)] CommandId Command, [property: Key(3)] SessionId? By = null) : IRoomMessage;

    /// <summary>Mutes a member, or takes that back, of one who is not in too. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Mute(
        [property: Key(0)] Name Room,
        [property: Key(1)] Name Member,
        [property: Key(2)] bool IsMuted,
        [property: Key(3)] CommandId Command,
        [property: Key(4)] SessionId? By = null) : IRoomMessage;

    /// <summary>Mutes all members who are no moderators and whoever comes, or unmutes everybody. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record MuteEveryone(
        [property: Key(0)] Name Room, [property: Key(1)] bool IsMuted, [property: Key(2)] CommandId Command, [property: Key(3)] SessionId? By = null) : IRoomMessage;

    /// <summary>The owner or an operator makes somebody a moderator, or takes that back. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Appoint(
        [property: Key(0)] Name Room,
        [property: Key(1)] Name Member,
        [property: Key(2)] bool IsModerator,
        [property: Key(3)] CommandId Command,
        [property: Key(4)] SessionId? By = null) : IRoomMessage;

    /// <summary>Lets in who waits in the lobby, or turns them away. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Decide(
        [property: Key(0)] Name Room,
        [property: Key(1)] Name Member,
        [property: Key(2)] bool IsAdmitted,
        [property: Key(3)] CommandId Command,
        [property: Key(4)] SessionId? By = null) : IRoomMessage;

    /// <summary>Makes an invitation. -> <see cref="RoomAnswer"/></summary>
    /// <param name="Room">To which room.</param>
    /// <param name="Id">By which it is withdrawn.</param>
    /// <param name="Digest">Of its token.</param>
    /// <param name="Minutes">How long it is good.</param>
    /// <param name="MaxUses">For how many persons.</param>
    /// <param name="Command">Done once.</param>
    /// <param name="By">Who says so.</param>
    [MessagePackObject]
    public sealed record Invite(
        [property: Key(0)] Name Room,
        [property: Key(1)] Guid Id,
        [property: Key(2)] string Digest,
        [property: Key(3)] int Minutes,
        [property: Key(4)] int MaxUses,
        [property: Key(5)] CommandId Command,
        [property: Key(6)] SessionId? By = null) : IRoomMessage;

    /// <summary>Takes an invitation back; who came by it stays. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Withdraw(
        [property: Key(0)] Name Room, [property: Key(1)] Guid Id, [property: Key(2)] CommandId Command, [property: Key(3)] SessionId? By = null) : IRoomMessage;
}

/// <summary>What became of an operator's or a moderator's command.</summary>
/// <param name="Change">What was done.</param>
/// <param name="SequenceNr">After the event of this number, lists show it; 0 where no list does.</param>
[MessagePackObject]
public sealed record RoomAnswer([property: Key(0)] RoomChange Change, [property: Key(1)] long SequenceNr = 0) : IWireMessage;

public enum RoomChange
{
    Done = 1,

    /// <summary>There is no such member or no such domain, or nothing to take back.</summary>
    NotFound = 2,

    /// <summary>Whoever asks is no moderator of the room, or not its owner.</summary>
    NotAllowed = 3,

    /// <summary>There are as many as there may be.</summary>
    TooMany = 4,
}

/// <summary>A message for whoever owns a room, wherever that is.</summary>
public interface IRoomMessage : IEntityMessage
{
    Name Room { get; }

    string IEntityMessage.EntityId => EntityIds.Of(Room);
}
