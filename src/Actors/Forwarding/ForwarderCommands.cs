using System.Collections.Immutable;
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

    /// <summary>A port is closing: it hears no more from now on, and the room is told, again and again until it has taken note. Of a port
    /// that is not known to be in too: it may be let in yet.
    /// -> <see cref="SessionOutcome.Done"/>, once it has, or has said that its journal is away.</summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="Who">Whose port.</param>
    /// <param name="Service">Of which service.</param>
    /// <param name="Port">Which.</param>
    /// <param name="Totals">What went through it.</param>
    /// <param name="End">Why.</param>
    public sealed record Remove(Name Room, Participant Who, Service Service, PortId Port, CallTotals Totals, CallEnd End) : IForwarderMessage;

    /// <summary>From the room: this <see cref="RoomCommands.Leave"/> is stored, or was not needed.</summary>
    /// <param name="Room">Which.</param>
    /// <param name="Term">In which life of it. What an earlier one has taken note of, a later one may have been told otherwise.</param>
    /// <param name="Who">Whose.</param>
    /// <param name="Port">By which port.</param>
    public sealed record LeaveTaken(Name Room, RoomTerm Term, SessionId Who, PortId Port) : IForwarderMessage;

    /// <summary>A member on this node has something to say to everyone else in the room.</summary>
    public sealed record Say(Name Room, SessionId From, Name Speaker, Service Service, string Text) : IForwarderMessage
    {
        public override string ToString() => $"Say {{ Service = {Service} }}";
    }

    /// <summary>From the forwarders of the speaker's node, or from the room for somebody who is not in it: words for the members here.</summary>
    public sealed record Said(Name Room, SessionId From, SessionNotice.Said Notice) : IForwarderMessage;

    /// <summary>What members on this node send. -> <see cref="ForwarderSources"/></summary>
    public sealed record ReadSources(Name Room) : IForwarderMessage;

    /// <summary>The plane has heard somebody else speak.</summary>
    /// <param name="Room">In which room.</param>
    /// <param name="Port">By which port, here or on another node.</param>
    /// <param name="Participant">Whose that is.</param>
    public sealed record Spoke(Name Room, PortId Port, ParticipantId Participant) : IForwarderMessage;

    /// <summary>From the forwarders of the speaker's node, to those of a node that has no port for voices: somebody else speaks.</summary>
    public sealed record SpokeElsewhere(Name Room, Name Speaker) : IForwarderMessage;
}

/// <summary>The answer to <see cref="ForwarderCommands.ReadSources"/>: members of this node, in no order, those with no source left out.</summary>
public sealed record ForwarderSources(ImmutableArray<MemberSources> All);

/// <summary>What one member sends.</summary>
public sealed record MemberSources(SessionId Who, ImmutableArray<MemberSource> Sources);
