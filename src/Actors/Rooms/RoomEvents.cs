using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Rooms;

/// <summary>
/// What happened in a room, told once to every node that has members there. Each node's forwarder makes of it what its
/// own members must hear and see.
/// </summary>
/// <param name="Room">Which room.</param>
/// <param name="Stamp">When.</param>
public abstract record RoomEvent(Name Room, RoomStamp Stamp) : IForwarderMessage
{
    /// <summary>A participant's port of one service is in. Said again to its node alone (<see cref="RoomStamp.SaidAgain"/>) when it joins again.</summary>
    /// <param name="Room">Where.</param>
    /// <param name="Stamp">When.</param>
    /// <param name="Who">Who.</param>
    /// <param name="Port">With which port.</param>
    /// <param name="IsMuted">An operator muted it.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    public sealed record Joined(Name Room, RoomStamp Stamp, Participant Who, JoiningPort Port, bool IsMuted, bool HasOwner) : RoomEvent(Room, Stamp);

    /// <summary>A participant's service is over. <paramref name="IsLast"/>: the participant is here no more.</summary>
    public sealed record Left(Name Room, RoomStamp Stamp, SessionId Who, Service Service, PortId Port, bool IsLast) : RoomEvent(Room, Stamp);

    /// <summary>A member has muted itself, or not any more, or sends other simulcast layers.</summary>
    public sealed record Reconfigured(Name Room, RoomStamp Stamp, SessionId Who, PortId Port, PortSending Sending) : RoomEvent(Room, Stamp);

    /// <summary>A member is to be put out: its node tells its session, whose ports then leave by themselves.</summary>
    public sealed record PutOut(Name Room, RoomStamp Stamp, SessionId Who) : RoomEvent(Room, Stamp);

    /// <summary>An operator muted a member, or took it back.</summary>
    public sealed record Muted(Name Room, RoomStamp Stamp, Name Member, bool IsMuted) : RoomEvent(Room, Stamp);

    /// <summary>
    /// Everybody who is in the room, as after the event of this stamp: for a node that has its first member here, that has missed something,
    /// or that knows an earlier life of the room only. In parts, since a message has a limit: it holds once all have come.
    /// </summary>
    /// <param name="Room">Which.</param>
    /// <param name="Stamp">After which event. All parts of one picture have the same.</param>
    /// <param name="Part">From 0.</param>
    /// <param name="Parts">How many there are.</param>
    /// <param name="Members">Those in this part, see <see cref="RoomPicture.Parts"/>; nobody is in two.</param>
    /// <param name="AllMuted">Whom an operator muted; the same in all parts.</param>
    /// <param name="Unheard">Nodes that have not said yet who is there: whoever is known to be is still.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    public sealed record Picture(
        Name Room, RoomStamp Stamp, int Part, int Parts, ImmutableArray<PicturedMember> Members, ImmutableArray<Name> AllMuted,
        ImmutableArray<NodeId> Unheard, bool HasOwner) : RoomEvent(Room, Stamp);

    /// <summary>The room's actor is new and does not know who is in the room: the node is to say so, even if it is nobody.
    /// -> <see cref="RoomCommands.Register"/></summary>
    public sealed record Recovered(Name Room, RoomStamp Stamp) : RoomEvent(Room, Stamp);
}

/// <summary>A member, as the room knows it.</summary>
/// <param name="Who">Who.</param>
/// <param name="Ports">Its services' ports, one each.</param>
/// <param name="IsBeingPutOut">An operator is putting it out.</param>
public sealed record PicturedMember(Participant Who, ImmutableArray<JoiningPort> Ports, bool IsBeingPutOut);
