using MessagePack;

namespace Conference.Actors.Rooms;

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
