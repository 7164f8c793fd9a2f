namespace Conference.Actors.Cluster;

/// <summary>The drain of this node: what the node must provide. Safe from any thread.</summary>
public interface INodeDrain
{
    /// <summary>Begins one, if there is none yet.</summary>
    /// <param name="within">How long sessions have from now, for the drain there is too; null for as long as usual, or as was said before.</param>
    void Begin(TimeSpan? within);

    /// <returns>False when there was none.</returns>
    Task<bool> CallOffAsync();

    /// <exception cref="Akka.Actor.AskTimeoutException">The sessions do not answer.</exception>
    Task<DrainStatus> ReadAsync();
}

/// <summary>What this node says of itself to the consoles of the others: what the node must provide. Safe from any thread.</summary>
public interface INodeFigures
{
    /// <returns>As it was read last, in the node's own encoding, well below a frame of the remoting; null before there is any.</returns>
    /// <param name="withRooms">With what flows in its rooms.</param>
    byte[]? Latest(bool withRooms);
}
