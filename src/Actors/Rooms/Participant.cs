using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

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
/// <param name="IsProven">It has shown by a password or a token that it is who it says.</param>
[MessagePackObject]
public sealed record Participant(
    [property: Key(0)] SessionId Id,
    [property: Key(1)] Name Name,
    [property: Key(2)] IActorRef Session,
    [property: Key(3)] NodeId On,
    [property: Key(4)] IActorRef Node,
    [property: Key(5)] string NodeName,
    [property: Key(6)] bool IsProven = false);

/// <summary>A UDP port that is open and waits to be part of a room.</summary>
/// <param name="Port">The plane's identity of it.</param>
/// <param name="Number">What the client is told.</param>
/// <param name="Loop">The loop of its node that the room lives on, see <see cref="PortOpening.Opened"/>.</param>
/// <param name="Service">What it carries.</param>
/// <param name="Parameters">What its member wants of that service.</param>
/// <param name="Holder">The actor that holds it open. A port whose holder has ended is in no room, in whatever order the news of it came.</param>
[MessagePackObject]
public sealed record JoiningPort(
    [property: Key(0)] PortId Port,
    [property: Key(1)] int Number,
    [property: Key(2)] int Loop,
    [property: Key(3)] Service Service,
    [property: Key(4)] ServiceParameters Parameters,
    [property: Key(5)] IActorRef Holder);

/// <summary>A service of a member, and the port that carries it.</summary>
[MessagePackObject]
public readonly record struct MemberPort([property: Key(0)] Service Service, [property: Key(1)] PortId Port);
