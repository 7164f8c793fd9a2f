namespace Conference.Actors.Cluster;

/// <summary>
/// Whether this node may act for the users and rooms it thinks are its own. After a freeze or a cut they may be another node's, and nothing but time
/// tells. Cheap: asked before every message an entity handles, and where the journal's connection opens.
/// </summary>
public interface IActingGuard
{
    bool MayAct { get; }
}

/// <summary>The guard of a node that is alone: nobody else could own anything.</summary>
public sealed class AlwaysActing : IActingGuard
{
    private AlwaysActing()
    {
    }

    public static AlwaysActing Instance { get; } = new();

    public bool MayAct => true;
}

/// <summary>This node may not act: what it was about to do has not been done.</summary>
public sealed class NotActingException() : Exception("this node has not heard from a majority of its cluster for too long");
