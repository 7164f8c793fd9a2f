namespace Conference.Actors.Cluster;

/// <summary>The drain of this node: what the node must provide. Safe from any thread.</summary>
public interface INodeDrain
{
    /// <summary>Begins one, if there is none yet.</summary>
    /// <param name="within">How long sessions have from now, for the drain there is too; null for as long as usual, or as was said before.</param>
    void Begin(TimeSpan? within);

    /// <returns>False when there was none.</returns>
    Task<bool> CallOffAsync();

    /// <exception cref="Runtime.AskTimeoutException">The sessions do not answer.</exception>
    Task<DrainStatus> ReadAsync();
}
