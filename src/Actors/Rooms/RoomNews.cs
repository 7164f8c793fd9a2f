using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>
/// What happened in a room, told once to every node that has members there. Each node's forwarder makes of it what its
/// own members must hear and see.
/// </summary>
/// <param name="Room">Which room.</param>
/// <param name="Stamp">When.</param>
public abstract record RoomNews([property: Key(0)] Name Room, [property: Key(1)] RoomStamp Stamp) : IForwarderMessage
{
    /// <summary>A participant's port of one service is in. Said again to its node alone (<see cref="RoomStamp.SaidAgain"/>) when it joins again.</summary>
    /// <param name="Room">Where.</param>
    /// <param name="Stamp">When.</param>
    /// <param name="Who">Who.</param>
    /// <param name="Port">With which port.</param>
    /// <param name="IsMuted">An operator muted it.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    /// <param name="KeepsHistory">It is to be told what members say.</param>
    [MessagePackObject]
    public sealed record Joined(
        Name Room,
        RoomStamp Stamp,
        [property: Key(2)] Participant Who,
        [property: Key(3)] JoiningPort Port,
        [property: Key(4)] bool IsMuted,
        [property: Key(5)] bool HasOwner,
        [property: Key(6)] bool KeepsHistory = false) : RoomNews(Room, Stamp);

    /// <summary>A participant's service is over. <paramref name="IsLast"/>: the participant is here no more.</summary>
    [MessagePackObject]
    public sealed record Left(
        Name Room,
        RoomStamp Stamp,
        [property: Key(2)] SessionId Who,
        [property: Key(3)] Service Service,
        [property: Key(4)] PortId Port,
        [property: Key(5)] bool IsLast) : RoomNews(Room, Stamp);

    /// <summary>A member has muted itself or records, or not any more, or sends other simulcast layers.</summary>
    [MessagePackObject]
    public sealed record Reconfigured(
        Name Room,
        RoomStamp Stamp,
        [property: Key(2)] SessionId Who,
        [property: Key(3)] PortId Port,
        [property: Key(4)] PortSending Sending) : RoomNews(Room, Stamp);

    /// <summary>A member is to be put out: its node tells its session, whose ports then leave by themselves.</summary>
    /// <param name="Room">Where.</param>
    /// <param name="Stamp">When.</param>
    /// <param name="Who">Whom.</param>
    /// <param name="IsClosing">Everybody is, since the room is closed. False: an operator puts this user out.</param>
    [MessagePackObject]
    public sealed record PutOut(
        Name Room, RoomStamp Stamp, [property: Key(2)] SessionId Who, [property: Key(3)] bool IsClosing = false) : RoomNews(Room, Stamp);

    /// <summary>An operator muted somebody by its name, who need not be in, or took it back.</summary>
    [MessagePackObject]
    public sealed record Muted(
        Name Room, RoomStamp Stamp, [property: Key(2)] Name Member, [property: Key(3)] bool IsMuted) : RoomNews(Room, Stamp);

    /// <summary>
    /// Everybody who is in the room, as after the news of this stamp: for a node that has its first member here, that has missed something,
    /// or that knows an earlier life of the room only. In parts, since a message has a limit: it holds once all have come.
    /// </summary>
    /// <param name="Room">Which.</param>
    /// <param name="Stamp">After which news. All parts of one picture have the same.</param>
    /// <param name="Actor">The room's actor: when it ends, the node says again who is here.</param>
    /// <param name="Part">From 0.</param>
    /// <param name="Parts">How many there are.</param>
    /// <param name="Members">Those in this part, see <see cref="RoomPicture.Parts"/>; nobody is in two.</param>
    /// <param name="AllMuted">Whom an operator muted; the same in all parts.</param>
    /// <param name="Unheard">Nodes that have not said yet who is there: whoever is known to be is still.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    /// <param name="KeepsHistory">It is to be told what members say.</param>
    [MessagePackObject]
    public sealed record Picture(
        Name Room,
        RoomStamp Stamp,
        [property: Key(2)] IActorRef Actor,
        [property: Key(3)] int Part,
        [property: Key(4)] int Parts,
        [property: Key(5)] ImmutableArray<PicturedMember> Members,
        [property: Key(6)] ImmutableArray<Name> AllMuted,
        [property: Key(7)] ImmutableArray<NodeId> Unheard,
        [property: Key(8)] bool HasOwner,
        [property: Key(9)] bool KeepsHistory = false) : RoomNews(Room, Stamp);

    /// <summary>The room's actor is new and does not know who is in the room: the node is to say so, even if it is nobody.
    /// -> <see cref="RoomSync.Register"/></summary>
    [MessagePackObject]
    public sealed record Resumed(Name Room, RoomStamp Stamp, [property: Key(2)] IActorRef Actor) : RoomNews(Room, Stamp);
}

/// <summary>A member, as the room knows it.</summary>
/// <param name="Who">Who.</param>
/// <param name="Ports">Its services' ports, one each.</param>
/// <param name="IsBeingPutOut">An operator is putting it out.</param>
[MessagePackObject]
public sealed record PicturedMember(
    [property: Key(0)] Participant Who, [property: Key(1)] ImmutableArray<JoiningPort> Ports, [property: Key(2)] bool IsBeingPutOut);
