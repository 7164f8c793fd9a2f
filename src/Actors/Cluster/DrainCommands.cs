namespace Conference.Actors.Cluster;

/// <summary>What a node is told of its drain, by any node. Each -> <see cref="DrainStatus"/></summary>
public static class DrainCommands
{
    /// <summary>Begin one, or give the one there is another deadline.</summary>
    /// <param name="Within">How long sessions have from now; null for as long as usual, or as was said before.</param>
    public sealed record Begin(TimeSpan? Within);

    /// <summary>Without a drain it means nothing.</summary>
    public sealed record CallOff;

    public sealed record Read;
}
