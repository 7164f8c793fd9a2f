using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Protocol;

namespace Conference.Actors.Forwarding;

/// <summary>A participant on this node, for as long as the room may think it is in.</summary>
internal sealed class LocalMember(Participant who)
{
    public Participant Who { get; } = who;

    public Dictionary<Service, JoiningPort> Ports { get; } = [];

    public List<Departure> Leaving { get; } = [];

    /// <summary>What went through the ports that are out, and every service there was, in the order they came.</summary>
    public CallTotals Totals { get; set; } = CallTotals.None;

    public bool IsPutOut { get; set; }

    public bool IsIn => Ports.Count > 0 && !IsPutOut;
}

/// <summary>A port that is out, of which the room is told until it has taken note; then <paramref name="Asker"/> is answered.</summary>
internal sealed record Departure(RoomSync.Leave Leave, IActorRef Asker);
