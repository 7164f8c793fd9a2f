using Conference.Actors.Cluster;

namespace Conference.Actors.Users;

/// <summary>
/// The time in which a name may belong to sessions that its actor does not know: those it had before its shard moved, or before it failed. They say
/// so at once, and every node is asked whether it has any; until all have said no, nobody else is given the name, and nobody is told that it is free.
/// </summary>
/// <param name="shards">When this node was given which shard.</param>
/// <param name="entityId">Whose.</param>
internal sealed class NameGap(ShardTenures shards, string entityId)
{
    /// <summary>A session hears of the end of its user within a second, and says again who it is; a node that says nothing is waited for no longer.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(2);

    private readonly HashSet<NodeId> _unheard = [];
    private bool _isSomewhere;

    private bool _isClosed = !shards.MayBeRemembered(entityId, Length);

    public bool IsOpen => !_isClosed;

    public void Close() => _isClosed = true;

    /// <summary>A node is asked.</summary>
    public void Asked(NodeId node) => _unheard.Add(node);

    /// <summary>It has nobody by the name.</summary>
    /// <returns>True when no other is left that might.</returns>
    public bool IsNobodyAt(NodeId node) => _unheard.Remove(node) && _unheard.Count == 0;

    /// <summary>A node has a session by the name, which will sign in again after its pause.</summary>
    public void IsSomebodySomewhere() => _isSomewhere = true;

    /// <summary>The time is over.</summary>
    /// <returns>True where a session is on its way still: the nodes are to be asked again.</returns>
    public bool GoesOn()
    {
        bool goesOn = _isSomewhere;
        _isSomewhere = false;
        _unheard.Clear();
        return goesOn;
    }

    /// <summary>The actor ends.</summary>
    /// <param name="isOnline">Sessions are signed in, and will sign in again. They may also be on their way still: then the next actor begins with a gap too.</param>
    public void Interrupted(bool isOnline)
    {
        if (isOnline || IsOpen)
            shards.Interrupted(entityId);
    }
}
