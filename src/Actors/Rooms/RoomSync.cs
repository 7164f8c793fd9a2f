using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>What a node tells a room of its members. Said again until the room has shown that it knows.</summary>
public static class RoomSync
{
    /// <summary>One service is over; the port is out of the routes already. Said again until it is answered, and again means nothing.
    /// -> <see cref="ForwarderCommands.LeaveTaken"/>, or to the sender <see cref="Unavailable"/></summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="Who">Whose.</param>
    /// <param name="Service">Which.</param>
    /// <param name="Port">By which port: the service may have come back by another.</param>
    /// <param name="Totals">What went through all ports of the call so far.</param>
    /// <param name="End">Why, should it be the last of its call.</param>
    /// <param name="Node">The forwarders of the node it is on, which are answered.</param>
    [MessagePackObject]
    public sealed record Leave(
        [property: Key(0)] Name Room,
        [property: Key(1)] SessionId Who,
        [property: Key(2)] Service Service,
        [property: Key(3)] PortId Port,
        [property: Key(4)] CallTotals Totals,
        [property: Key(5)] CallEnd End,
        [property: Key(6)] IActorRef Node) : IRoomMessage;

    /// <summary>
    /// A node says who is in the room there. Unasked when the room's actor has ended, and again until the room has shown its picture
    /// (<see cref="RoomNews.Picture"/>); and as the answer to <see cref="RoomNews.Resumed"/>. It adds members and takes none away.
    /// </summary>
    /// <param name="Room">Which room.</param>
    /// <param name="From">The node.</param>
    /// <param name="Node">Its forwarders.</param>
    /// <param name="Known">The room's life the node last heard of. That of the <see cref="RoomNews.Resumed"/> where it is answered.</param>
    /// <param name="Members">Some of them, see <see cref="RoomPicture.Parts"/>; more follow where <paramref name="IsLast"/> is false.</param>
    /// <param name="IsLast">With this, everybody there is told.</param>
    /// <param name="HasOwner">The room is that of a user who was here when somebody last joined.</param>
    [MessagePackObject]
    public sealed record Register(
        [property: Key(0)] Name Room,
        [property: Key(1)] NodeId From,
        [property: Key(2)] IActorRef Node,
        [property: Key(3)] RoomTerm Known,
        [property: Key(4)] ImmutableArray<RegisteredMember> Members,
        [property: Key(5)] bool IsLast,
        [property: Key(6)] bool HasOwner) : IRoomMessage;

    /// <summary>A node says what it heard last. Where that is not the room's last news, it is shown the picture.</summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="From">The node.</param>
    /// <param name="Node">Its forwarders.</param>
    /// <param name="Heard">What it heard last.</param>
    [MessagePackObject]
    public sealed record CatchUp(
        [property: Key(0)] Name Room,
        [property: Key(1)] NodeId From,
        [property: Key(2)] IActorRef Node,
        [property: Key(3)] RoomStamp Heard) : IRoomMessage;

    /// <summary>A member said something: for who comes late, where the room keeps it (<see cref="RoomRules.KeepsHistory"/>). At most once.</summary>
    [MessagePackObject]
    public sealed record Spoken([property: Key(0)] Name Room, [property: Key(1)] SessionNotice.Said Said) : IRoomMessage;

    /// <summary>A member has muted itself or records, or not any more, or sends other simulcast layers. Said again until its node hears the
    /// <see cref="RoomNews.Reconfigured"/> of it.</summary>
    [MessagePackObject]
    public sealed record Reconfigure(
        [property: Key(0)] Name Room,
        [property: Key(1)] SessionId Who,
        [property: Key(2)] PortId Port,
        [property: Key(3)] PortSending Sending) : IRoomMessage;
}

/// <summary>A member, as its node knows it.</summary>
/// <param name="Who">Who.</param>
/// <param name="Ports">Its services.</param>
/// <param name="Leaving">Services that are over, and whose <see cref="RoomSync.Leave"/> follows.</param>
/// <param name="IsBeingPutOut">It is on its way out.</param>
[MessagePackObject]
public sealed record RegisteredMember(
    [property: Key(0)] Participant Who,
    [property: Key(1)] ImmutableArray<JoiningPort> Ports,
    [property: Key(2)] ImmutableArray<MemberPort> Leaving,
    [property: Key(3)] bool IsBeingPutOut);
