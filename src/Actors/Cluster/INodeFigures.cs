namespace Conference.Actors.Cluster;

/// <summary>What this node says of itself to the consoles of the others: what the node must provide. Safe from any thread.</summary>
public interface INodeFigures
{
    /// <returns>As it was read last, in the node's own encoding, at most <see cref="INodeLinks.MaxMessageBytes"/> less an envelope; null before
    /// there is any.</returns>
    /// <param name="withRooms">With what flows in its rooms.</param>
    ReadOnlyMemory<byte>? Latest(bool withRooms);
}
