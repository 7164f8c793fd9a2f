using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Tracing;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Forwarding;

/// <summary>
/// This node's forwarders, one for each room with members here: starts one with the first message for its room, keeps what comes for one that is
/// about to stop, and tells all of them which nodes come and go.
/// </summary>
public sealed class ForwardersActor : ReceiveActor
{
    private readonly ForwardingContext _node;
    private readonly Dictionary<Name, Forwarder> _byRoom = [];
    private readonly Dictionary<IActorRef, Name> _rooms = [];

    public ForwardersActor(ForwardingContext node)
    {
        _node = node;
        Receive<Traced>(traced => Route(((IForwarderMessage)traced.Message).Room, traced));
        Receive<IForwarderMessage>(message => Route(message.Room, message));
        Receive<Retire>(retire => LetRetire(retire.Room));
        Receive<Stay>(stay => Keep(stay.Room));
        Receive<PeerNews>(TellAll);
        Receive<Terminated>(ended => Ended(ended.ActorRef));
        Receive<CountRooms>(_ => Sender.Tell(_byRoom.Count));
    }

    public static Props Props(ForwardingContext node) => global::Akka.Actor.Props.Create(() => new ForwardersActor(node));

    private void Route(Name room, object message)
    {
        if (!_byRoom.TryGetValue(room, out var forwarder))
            forwarder = Start(room);
        if (forwarder.Kept is { } kept)
            kept.Enqueue((message, Sender));
        else
            forwarder.Actor.Forward(message);
    }

    private Forwarder Start(Name room)
    {
        var actor = Context.ActorOf(ForwarderActor.Props(room, _node));
        Context.Watch(actor);
        _rooms[actor] = room;
        return _byRoom[room] = new Forwarder(actor);
    }

    private void LetRetire(Name room)
    {
        if (!_byRoom.TryGetValue(room, out var forwarder) || forwarder.Kept is not null)
            return;
        forwarder.Kept = new();
        forwarder.Actor.Tell(StopIfIdle.Instance);
    }

    private void Keep(Name room)
    {
        if (!_byRoom.TryGetValue(room, out var forwarder) || forwarder.Kept is not { } kept)
            return;
        forwarder.Kept = null;
        foreach (var (message, sender) in kept)
            forwarder.Actor.Tell(message, sender);
    }

    private void Ended(IActorRef actor)
    {
        if (!_rooms.Remove(actor, out var room) || !_byRoom.Remove(room, out var forwarder) || forwarder.Kept is not { Count: > 0 } kept)
            return;
        var next = Start(room);
        foreach (var (message, sender) in kept)
            next.Actor.Tell(message, sender);
    }

    private void TellAll(PeerNews news)
    {
        foreach (var forwarder in _byRoom.Values)
            forwarder.Actor.Tell(news);
    }

    /// <summary>How many there are (<see cref="int"/>): each lives until its room has taken note of all who left.</summary>
    public sealed record CountRooms : INoSerializationVerificationNeeded;

    /// <summary>A forwarder has nothing to keep.</summary>
    internal sealed record Retire(Name Room) : INoSerializationVerificationNeeded;

    /// <summary>By the time it was to stop, it had.</summary>
    internal sealed record Stay(Name Room) : INoSerializationVerificationNeeded;

    /// <summary>-> the forwarder stops, or says <see cref="Stay"/>.</summary>
    internal sealed record StopIfIdle : INoSerializationVerificationNeeded
    {
        public static StopIfIdle Instance { get; } = new();
    }

    private sealed class Forwarder(IActorRef actor)
    {
        public IActorRef Actor => actor;

        /// <summary>What came since it was told to stop; null while it was not.</summary>
        public Queue<(object Message, IActorRef Sender)>? Kept { get; set; }
    }
}
