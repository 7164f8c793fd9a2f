using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>One TCP session in the whole cluster: drawn at random, never used twice.</summary>
public readonly record struct SessionId(long Value);

/// <summary>One session's place in a room, and how it is reached.</summary>
/// <param name="Id">Which session.</param>
/// <param name="Name">Its user.</param>
/// <param name="Session">Its actor.</param>
/// <param name="On">The node the session is on.</param>
/// <param name="Node">The forwarders of that node: who carries its media and tells it what happens.</param>
/// <param name="NodeName">What that node is called, for records.</param>
public sealed record Participant(SessionId Id, Name Name, IActorRef Session, NodeId On, IActorRef Node, string NodeName);

/// <summary>A UDP port that is open and waits to be part of a room.</summary>
/// <param name="Port">The plane's identity of it.</param>
/// <param name="Number">What the client is told.</param>
/// <param name="Loop">The loop of its node that the room lives on, see <see cref="PortOpening.Opened"/>.</param>
/// <param name="Service">What it carries.</param>
/// <param name="Parameters">What its member wants of that service.</param>
/// <param name="Holder">The actor that holds it open. A port whose holder has ended is in no room, in whatever order the news of it came.</param>
public sealed record JoiningPort(PortId Port, int Number, int Loop, Service Service, ServiceParameters Parameters, IActorRef Holder);

/// <summary>A message for whoever owns a room, wherever that is.</summary>
public interface IRoomCommand
{
    Name Room { get; }
}

/// <summary>What can be said to a <see cref="RoomActor"/>.</summary>
public static class RoomCommands
{
    /// <summary>
    /// Let this port in. A refusal is answered here (<see cref="SessionOutcome.Refused"/>); otherwise the event goes on
    /// to the participant's node, which answers <see cref="SessionOutcome.Connected"/> once the port hears the room. Asked again for a
    /// port that is in, it is answered again; for one that has left, refused.
    /// </summary>
    /// <param name="Room">Into which room.</param>
    /// <param name="Who">Who asks.</param>
    /// <param name="Port">With which port.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    public sealed record Join(Name Room, Participant Who, JoiningPort Port, bool HasOwner = false) : IRoomCommand;

    /// <summary>One service is over; the port is out of the routes already. Said again until it is answered, and again means nothing.
    /// -> <see cref="ForwarderCommands.LeaveTaken"/></summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="Who">Whose.</param>
    /// <param name="Service">Which.</param>
    /// <param name="Port">By which port: the service may have come back by another.</param>
    /// <param name="Totals">What went through all ports of the call so far.</param>
    /// <param name="End">Why, should it be the last of its call.</param>
    /// <param name="Node">The forwarders of the node it is on, which are answered.</param>
    public sealed record Leave(Name Room, SessionId Who, Service Service, PortId Port, CallTotals Totals, CallEnd End, IActorRef Node) : IRoomCommand;

    /// <summary>
    /// A node says who is in the room there. Unasked when the room's shard has a new owner, and again until the room has shown its picture
    /// (<see cref="RoomEvent.Picture"/>); and as the answer to <see cref="RoomEvent.Recovered"/>. It adds members and takes none away.
    /// </summary>
    /// <param name="Room">Which room.</param>
    /// <param name="From">The node.</param>
    /// <param name="Node">Its forwarders.</param>
    /// <param name="Known">The room's life the node last heard of. That of the <see cref="RoomEvent.Recovered"/> where it is answered.</param>
    /// <param name="Members">Some of them, see <see cref="RoomPicture.Parts"/>; more follow where <paramref name="IsLast"/> is false.</param>
    /// <param name="IsLast">With this, everybody there is told.</param>
    /// <param name="HasOwner">The room is that of a user who was here when somebody last joined.</param>
    public sealed record Register(
        Name Room, NodeId From, IActorRef Node, RoomTerm Known, ImmutableArray<RegisteredMember> Members, bool IsLast, bool HasOwner) : IRoomCommand;

    /// <summary>A node says what it heard last. Where that is not the room's last event, it is shown the picture.</summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="From">The node.</param>
    /// <param name="Node">Its forwarders.</param>
    /// <param name="Heard">What it heard last.</param>
    public sealed record CatchUp(Name Room, NodeId From, IActorRef Node, RoomStamp Heard) : IRoomCommand;

    /// <summary>A member has muted itself, or not any more, or sends other simulcast layers. Said again until its node hears the <see cref="RoomEvent.Reconfigured"/> of it.</summary>
    public sealed record Reconfigure(Name Room, SessionId Who, PortId Port, PortSending Sending) : IRoomCommand;

    /// <summary>An operator keeps the room, with these settings. -> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Keep(Name Room, int MaxMembers, bool IsLocked, CommandId Command) : IRoomCommand;

    /// <summary>An operator closes the room: whoever is in it is put out, its settings are forgotten. -> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Close(Name Room, CommandId Command) : IRoomCommand;

    /// <summary>An operator puts a member out, with all its sessions. -> <see cref="SessionOutcome.Done"/>, <see cref="SessionOutcome.NotFound"/></summary>
    public sealed record PutOut(Name Room, Name Member, CommandId Command) : IRoomCommand;

    /// <summary>An operator mutes a member, or takes it back. -> <see cref="SessionOutcome.Done"/>, <see cref="SessionOutcome.NotFound"/></summary>
    public sealed record Mute(Name Room, Name Member, bool IsMuted, CommandId Command) : IRoomCommand;

    /// <summary>All there is to know. -> <see cref="RoomDetails"/></summary>
    public sealed record Describe(Name Room) : IRoomCommand;

    /// <summary>Words for everyone in the room, of somebody who is not: members' words go from node to node
    /// (<see cref="ForwarderCommands.Say"/>).</summary>
    public sealed record Say(Name Room, SessionId From, Name Speaker, Service Service, string Text) : IRoomCommand
    {
        public override string ToString() => $"Say {{ Service = {Service} }}";
    }

    /// <summary>-> <see cref="SessionOutcome.Members"/></summary>
    public sealed record ListMembers(Name Room) : IRoomCommand;

    /// <summary>Who is in the room, and where what they send is known. -> <see cref="RoomLocations"/></summary>
    public sealed record Locate(Name Room) : IRoomCommand;

    /// <summary>-> <see cref="RoomPresence"/></summary>
    public sealed record Find(Name Room) : IRoomCommand;
}

/// <summary>What is known of a room.</summary>
/// <param name="IsOpen">It has members.</param>
/// <param name="IsKept">An operator keeps it, open or not.</param>
/// <param name="IsBusy">It takes no further ones.</param>
public sealed record RoomPresence(bool IsOpen, bool IsKept, bool IsBusy)
{
    public bool IsHere => IsOpen || IsKept;
}

/// <summary>A member, as its node knows it.</summary>
/// <param name="Who">Who.</param>
/// <param name="Ports">Its services.</param>
/// <param name="Leaving">Services that are over, and whose <see cref="RoomCommands.Leave"/> follows.</param>
/// <param name="IsBeingPutOut">It is on its way out.</param>
public sealed record RegisteredMember(Participant Who, ImmutableArray<JoiningPort> Ports, ImmutableArray<MemberPort> Leaving, bool IsBeingPutOut);

/// <summary>A service of a member, and the port that carries it.</summary>
public readonly record struct MemberPort(Service Service, PortId Port);

/// <summary>A room's members, and the forwarders of every node that has some: asked for <see cref="ForwarderCommands.ReadSources"/>, each
/// tells what its own send.</summary>
public sealed record RoomLocations(ImmutableArray<LocatedMember> Members, ImmutableArray<IActorRef> Nodes);

/// <summary>A member, and which session it is.</summary>
public sealed record LocatedMember(SessionId Session, Member Shown);

/// <summary>A room as an operator sees it.</summary>
/// <param name="Room">Its name.</param>
/// <param name="IsKept">An operator keeps it.</param>
/// <param name="IsLocked">It lets nobody in.</param>
/// <param name="MaxMembers">How many it holds.</param>
/// <param name="Members">Who is in it.</param>
public sealed record RoomDetails(Name Room, bool IsKept, bool IsLocked, int MaxMembers, ImmutableArray<MemberDetails> Members);

/// <summary>A member as an operator sees it.</summary>
public sealed record MemberDetails(Name Name, SessionId Session, string Node, ImmutableArray<Service> Services, bool IsMuted, DateTimeOffset Since);
