using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>How much of a room one message tells: a message between nodes has a limit, a room has not.</summary>
public static class RoomPicture
{
    /// <summary>A port takes some 600 bytes at worst, with the paths of its actors; part of a picture is to hold up nothing behind it.</summary>
    public const int PortsPerPart = 200;

    /// <summary>Members in as many parts as they need; one, which is empty, for nobody.</summary>
    /// <param name="members">Whom.</param>
    /// <param name="ports">How many ports a member has.</param>
    public static IReadOnlyList<List<T>> Parts<T>(IEnumerable<T> members, Func<T, int> ports)
    {
        List<List<T>> parts = [[]];
        int size = 0;
        foreach (var member in members)
        {
            int more = ports(member);
            if (size + more > PortsPerPart && parts[^1].Count > 0)
            {
                parts.Add([]);
                size = 0;
            }

            parts[^1].Add(member);
            size += more;
        }

        return parts;
    }
}

/// <summary>
/// One life of a room's actor: the sequence number of the first event it stored. A later life has a higher one, since it begins where the journal
/// ends; a twin, on a node that does not know it is cut off, has none, since that number is taken.
/// </summary>
[MessagePackObject]
public readonly record struct RoomTerm([property: Key(0)] long FirstSequenceNr)
{
    /// <summary>Before a node has heard anything of a room, and of a life that has stored nothing yet: it speaks to no node.</summary>
    public static RoomTerm None => default;

    public bool IsBefore(RoomTerm other) => FirstSequenceNr < other.FirstSequenceNr;
}

/// <summary>When in a room's life something happened: each node with members hears all news once, so that a number left out is news lost.</summary>
/// <param name="Term">In which life.</param>
/// <param name="Seq">Counts the room's news in it, from 1. 0 for what is said again to one node, which is no news.</param>
[MessagePackObject]
public readonly record struct RoomStamp([property: Key(0)] RoomTerm Term, [property: Key(1)] long Seq)
{
    public RoomStamp SaidAgain() => this with { Seq = 0 };
}

/// <summary>Of what a member wants of a service, the part that concerns others: all nodes must know it.</summary>
/// <param name="IsMuted">By itself: it sends nothing.</param>
/// <param name="Layers">The simulcast layers it sends.</param>
/// <param name="IsRecording">Its member records what it is sent.</param>
[MessagePackObject]
public sealed record PortSending([property: Key(0)] bool IsMuted, [property: Key(1)] SimulcastLayers Layers, [property: Key(2)] bool IsRecording = false)
{
    public static PortSending Of(JoiningPort port) => new(port.Parameters.Muted, port.Parameters.Layers, port.Parameters.Recording);

    public JoiningPort Applied(JoiningPort port) =>
        port with { Parameters = port.Parameters with { Muted = IsMuted, Layers = Layers, Recording = IsRecording } };
}
