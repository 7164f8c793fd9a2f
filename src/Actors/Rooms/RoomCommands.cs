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
/// <param name="Node">The <c>ForwardersActor</c> of the node the session is on: who carries its media and tells it what happens.</param>
public sealed record Participant(SessionId Id, Name Name, IActorRef Session, IActorRef Node);

/// <summary>A UDP port that is open and waits to be part of a room.</summary>
/// <param name="Port">The plane's identity of it.</param>
/// <param name="Number">What the client is told.</param>
/// <param name="Service">What it carries.</param>
/// <param name="Parameters">What its member wants of that service.</param>
public sealed record JoiningPort(PortId Port, int Number, Service Service, ServiceParameters Parameters);

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
    /// to the participant's node, which answers <see cref="SessionOutcome.Connected"/> once the port hears the room.
    /// </summary>
    /// <param name="Room">Into which room.</param>
    /// <param name="Who">Who asks.</param>
    /// <param name="Port">With which port.</param>
    /// <param name="HasOwner">The room is that of a user who is here.</param>
    public sealed record Join(Name Room, Participant Who, JoiningPort Port, bool HasOwner = false) : IRoomCommand;

    /// <summary>One service is over. -> <see cref="SessionOutcome.Done"/>, from the participant's node.</summary>
    public sealed record Leave(Name Room, SessionId Who, Service Service) : IRoomCommand;

    /// <summary>A session is over, and everything it had here.</summary>
    public sealed record LeaveAll(Name Room, SessionId Who) : IRoomCommand;

    /// <summary>Words for everyone else in the room. <paramref name="From"/> need not be in it.</summary>
    public sealed record Say(Name Room, SessionId From, Name Speaker, Service Service, string Text) : IRoomCommand
    {
        public override string ToString() => $"Say {{ Service = {Service} }}";
    }

    /// <summary>-> <see cref="SessionOutcome.Members"/></summary>
    public sealed record ListMembers(Name Room) : IRoomCommand;

    /// <summary>-> <see cref="RoomPresence"/></summary>
    public sealed record Find(Name Room) : IRoomCommand;
}

/// <summary>What is known of a room.</summary>
/// <param name="IsOpen">It has members.</param>
/// <param name="IsBusy">It takes no further ones.</param>
public sealed record RoomPresence(bool IsOpen, bool IsBusy);
