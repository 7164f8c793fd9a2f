namespace Conference.Node.Statistics;

public enum ClusterEventLevel
{
    Info,
    Warning,
    Problem,
}

/// <summary>Something that happened in the cluster, for people to read.</summary>
/// <param name="Number">Counts them.</param>
/// <param name="At">When this node saw it.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Text">One sentence. It names nodes, never users or rooms.</param>
public sealed record ClusterEvent(long Number, DateTimeOffset At, ClusterEventLevel Level, string Text);
