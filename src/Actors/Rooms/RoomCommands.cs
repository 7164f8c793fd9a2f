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
    /// Let this port in. A refusal is answered here (<see cref="SessionOutcome.Refused"/>); otherwise the news goes on
    /// to the participant's node, which answers <see cref="SessionOutcome.Connected"/> once the port hears the room. Asked again for a
    /// port that is in, its node is told again.
    /// </summary>
    /// <param name="Room">Which room.</param>
    /// <param name="Who">Whom.</param>
    /// <param name="Port">With which port.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    [MessagePackObject]
    public sealed record Join(
        [property: Key(0)] Name Room,
        [property: Key(1)] Participant Who,
        [property: Key(2)] JoiningPort Port,
        [property: Key(3)] bool HasOwner = false) : IRoomMessage;

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
    /// An operator changes some settings of a room that is open or kept; it is kept from then on. -> <see cref="RoomAnswer"/>
    /// </summary>
    /// <param name="Room">Which room.</param>
    /// <param name="MaxMembers">Null leaves it as it is.</param>
    /// <param name="IsLocked">Null leaves it as it is.</param>
    /// <param name="Command">Done once.</param>
    [MessagePackObject]
    public sealed record Change(
        [property: Key(0)] Name Room,
        [property: Key(1)] int? MaxMembers,
        [property: Key(2)] bool? IsLocked,
        [property: Key(3)] CommandId Command) : IRoomMessage;

    /// <summary>An operator closes the room: whoever is in it is put out, its settings are forgotten. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Close([property: Key(0)] Name Room, [property: Key(1)] CommandId Command) : IRoomMessage;

    /// <summary>An operator says something to everyone in the room. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Announce([property: Key(0)] Name Room, [property: Key(1)] string Text, [property: Key(2)] CommandId Command) : IRoomMessage
    {
        public override string ToString() => nameof(Announce);
    }

    /// <summary>An operator puts a member out, with all its sessions, and keeps the name out. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record PutOut(
        [property: Key(0)] Name Room, [property: Key(1)] Name Member, [property: Key(2)] CommandId Command) : IRoomMessage;

    /// <summary>An operator lets somebody in again who was put out. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record LetIn(
        [property: Key(0)] Name Room, [property: Key(1)] Name Member, [property: Key(2)] CommandId Command) : IRoomMessage;

    /// <summary>An operator mutes a member, or takes that back, of one who is not in too. -> <see cref="RoomAnswer"/></summary>
    [MessagePackObject]
    public sealed record Mute(
        [property: Key(0)] Name Room,
        [property: Key(1)] Name Member,
        [property: Key(2)] bool IsMuted,
        [property: Key(3)] CommandId Command) : IRoomMessage;
}

/// <summary>What became of an operator's command.</summary>
/// <param name="Change">What was done.</param>
/// <param name="SequenceNr">After the event of this number, lists show it; 0 where no list does.</param>
[MessagePackObject]
public sealed record RoomAnswer([property: Key(0)] RoomChange Change, [property: Key(1)] long SequenceNr = 0) : IWireMessage;

public enum RoomChange
{
    Done = 1,

    /// <summary>There is no such member or no such domain, or nothing to take back.</summary>
    NotFound = 2,
}

/// <summary>A message for whoever owns a room, wherever that is.</summary>
public interface IRoomMessage : IEntityMessage
{
    Name Room { get; }

    string IEntityMessage.EntityId => EntityIds.Of(Room);
}
