namespace Conference.Actors.Rooms;

/// <summary>
/// One life of a room's actor. A higher epoch is a later owner of the room's shard. At one epoch there is one owner, and its lives come one
/// after the other (a room begins again when a write failed), so that nothing of an earlier life arrives after something of a later.
/// </summary>
/// <param name="Epoch">Of the room's shard.</param>
/// <param name="Life">Drawn at random, never 0.</param>
public readonly record struct RoomTerm(long Epoch, long Life)
{
    /// <summary>Before a node has heard anything of a room.</summary>
    public static RoomTerm None => default;
}

/// <summary>When in a room's life something happened: each node with members hears every event once, so that a number left out is an event lost.</summary>
/// <param name="Term">In which life.</param>
/// <param name="Seq">Counts the room's events in it, from 1. 0 for what is said again to one node, which is no event.</param>
public readonly record struct RoomStamp(RoomTerm Term, long Seq)
{
    public RoomStamp SaidAgain() => this with { Seq = 0 };
}
