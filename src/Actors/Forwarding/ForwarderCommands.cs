using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Forwarding;

/// <summary>What can be said to a room's <see cref="ForwarderActor"/> beside the room's <see cref="RoomNews"/>.</summary>
public static class ForwarderCommands
{
    /// <summary>
    /// What a member of this node wants of a service has changed. -> <see cref="SessionOutcome.Done"/> once it is in force, or
    /// <see cref="SessionOutcome.Refused"/> for a frame rate that what flows now cannot be thinned to; then nothing has changed.
    /// </summary>
    public sealed record Configure(Name Room, SessionId Who, Service Service, ServiceParameters Parameters)
        : IForwarderMessage, INoSerializationVerificationNeeded;

    /// <summary>A port of this node is closing: it hears no more from now on, and the room is told, again and again until it has taken note. Of a
    /// port that is not known to be in too: it may be let in yet.
    /// -> <see cref="SessionOutcome.Done"/>, once it has, or has said that its journal is away.</summary>
    /// <param name="Room">Of which room.</param>
    /// <param name="Who">Whose port.</param>
    /// <param name="Service">Of which service.</param>
    /// <param name="Port">Which.</param>
    /// <param name="Totals">What went through it.</param>
    /// <param name="End">Why.</param>
    public sealed record Remove(Name Room, Participant Who, Service Service, PortId Port, CallTotals Totals, CallEnd End)
        : IForwarderMessage, INoSerializationVerificationNeeded;

    /// <summary>A member on this node has something to say to everyone else in the room.</summary>
    public sealed record Say(Name Room, SessionId From, Name Speaker, Service Service, string Text)
        : IForwarderMessage, INoSerializationVerificationNeeded
    {
        public override string ToString() => $"Say {{ Service = {Service} }}";
    }

    /// <summary>The plane has heard somebody else speak.</summary>
    /// <param name="Room">In which room.</param>
    /// <param name="Port">By which port, here or on another node.</param>
    /// <param name="Participant">Whose that is.</param>
    public sealed record Spoke(Name Room, PortId Port, ParticipantId Participant) : IForwarderMessage, INoSerializationVerificationNeeded;

    /// <summary>Others sit on the lines of a member's browser now, or somebody found no line free.</summary>
    /// <param name="Room">Which room.</param>
    /// <param name="Port">One of the member's ports.</param>
    /// <param name="Web">The browser's connection.</param>
    /// <param name="IsShort">Somebody is not shown for want of a line.</param>
    public sealed record Seated(Name Room, PortId Port, WebId Web, bool IsShort) : IForwarderMessage, INoSerializationVerificationNeeded;

    /// <summary>The connection of a member's browser is up, or lost.</summary>
    /// <param name="Room">Which room.</param>
    /// <param name="Port">One of the member's ports.</param>
    public sealed record MediaChanged(Name Room, PortId Port) : IForwarderMessage, INoSerializationVerificationNeeded;

    /// <summary>A member's token was shown for the first time.</summary>
    /// <param name="Room">Which room.</param>
    /// <param name="Port">One of the member's ports.</param>
    /// <param name="Token">Which token.</param>
    public sealed record Roamed(Name Room, PortId Port, RoamToken Token) : IForwarderMessage, INoSerializationVerificationNeeded;

    /// <summary>From the room: this <see cref="RoomSync.Leave"/> is stored, or was not needed.</summary>
    /// <param name="Room">Which.</param>
    /// <param name="Term">In which life of it. What an earlier one has taken note of, a later one may have been told otherwise.</param>
    /// <param name="Who">Whose.</param>
    /// <param name="Port">By which port.</param>
    [MessagePackObject]
    public sealed record LeaveTaken(
        [property: Key(0)] Name Room,
        [property: Key(1)] RoomTerm Term,
        [property: Key(2)] SessionId Who,
        [property: Key(3)] PortId Port) : IForwarderMessage;

    /// <summary>From the forwarders of the speaker's node, or from the room for somebody who is not in it: words for the members here.</summary>
    [MessagePackObject]
    public sealed record Said(
        [property: Key(0)] Name Room, [property: Key(1)] SessionId From, [property: Key(2)] SessionNotice.Said Notice) : IForwarderMessage;

    /// <summary>From the room: something of it is so now.</summary>
    [MessagePackObject]
    public sealed record Told([property: Key(0)] Name Room, [property: Key(1)] SessionNotice.RoomTold Notice) : IForwarderMessage;

    /// <summary>What members on this node send. -> <see cref="ForwarderSources"/></summary>
    [MessagePackObject]
    public sealed record ReadSources([property: Key(0)] Name Room) : IForwarderMessage;

    /// <summary>From the forwarders of the speaker's node, to those of a node that has no port for voices: somebody else speaks.</summary>
    [MessagePackObject]
    public sealed record SpokeElsewhere([property: Key(0)] Name Room, [property: Key(1)] Name Speaker) : IForwarderMessage;
}

/// <summary>The answer to <see cref="ForwarderCommands.ReadSources"/>: members of this node, in no order, those with no source left out.</summary>
[MessagePackObject]
public sealed record ForwarderSources([property: Key(0)] ImmutableArray<MemberSources> All) : IWireMessage;

/// <summary>What one member sends.</summary>
[MessagePackObject]
public sealed record MemberSources([property: Key(0)] SessionId Who, [property: Key(1)] ImmutableArray<MemberSource> Sources);
