using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>A message for this node's forwarder of one room.</summary>
public interface IForwarderMessage
{
    Name Room { get; }
}

/// <summary>What this node's own actors can say to a room's <see cref="ForwarderActor"/>, beside the room's <see cref="RoomEvent"/>s.</summary>
public static class ForwarderCommands
{
    /// <summary>
    /// What a member wants of a service has changed. -> <see cref="SessionOutcome.Done"/> once it is in force, or
    /// <see cref="SessionOutcome.Refused"/> for a frame rate that what flows now cannot be thinned to; then nothing has changed.
    /// </summary>
    public sealed record Configure(Name Room, SessionId Who, Service Service, ServiceParameters Parameters) : IForwarderMessage;

    /// <summary>A port is closing: it hears no more from now on, and the room is told, again and again until it has taken note.
    /// -> <see cref="SessionOutcome.Done"/>, once it has, or has said that its journal is away.</summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="Who">Whose port.</param>
    /// <param name="Port">Which.</param>
    /// <param name="Totals">What went through it.</param>
    /// <param name="End">Why.</param>
    public sealed record Remove(Name Room, SessionId Who, PortId Port, CallTotals Totals, CallEnd End) : IForwarderMessage;

    /// <summary>From the room: this <see cref="RoomCommands.Leave"/> is stored, or was not needed.</summary>
    public sealed record LeaveTaken(Name Room, SessionId Who, PortId Port) : IForwarderMessage;

    /// <summary>What members on this node send. -> <see cref="ForwarderSources"/></summary>
    public sealed record ReadSources(Name Room) : IForwarderMessage;

    /// <summary>The plane has heard somebody else speak.</summary>
    public sealed record Spoke(Name Room, ParticipantId Participant) : IForwarderMessage;
}

/// <summary>The answer to <see cref="ForwarderCommands.ReadSources"/>: members of this node, in no order, those with no source left out.</summary>
public sealed record ForwarderSources(IReadOnlyList<(Name Who, IReadOnlyList<MemberSource> Sources)> All);
