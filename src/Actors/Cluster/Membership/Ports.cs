namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// What this node saw of the others' ports. "Refused" speaks against a node only after its port was seen open in the same life: else its
/// row may name a wrong address.
/// </summary>
internal sealed class Ports(MembershipRules rules)
{
    private readonly HashSet<NodeId> _open = [];
    private readonly Dictionary<NodeId, long> _refused = [];
    private readonly Dictionary<NodeId, TimeSpan> _asked = [];

    internal bool WasOpen(NodeId node) => _open.Contains(node);

    /// <summary>Whether it refused while the node's beat stood at this.</summary>
    internal bool Refused(NodeId node, long beat) => _refused.TryGetValue(node, out var at) && at == beat;

    /// <summary>Whether it may be asked now; if so, it is.</summary>
    internal bool Ask(NodeId node, TimeSpan now, TimeSpan pause)
    {
        if (_asked.TryGetValue(node, out var at) && now - at < pause)
            return false;
        _asked[node] = now;
        return true;
    }

    internal void Answered(NodeId node, ProbeAnswer answer, long? beat)
    {
        if (answer == ProbeAnswer.Listening)
        {
            _ = _open.Add(node);
            _ = _refused.Remove(node);
        }
        else if (answer == ProbeAnswer.Refused && beat is { } value)
        {
            _refused[node] = value;
        }
    }

    /// <summary>Forgets whoever is not in the tables any more.</summary>
    internal void Keep(MembershipTables tables)
    {
        if (_asked.Count <= tables.Nodes.Length)
            return;
        var known = tables.Nodes.Select(n => n.Id).ToHashSet();
        foreach (var id in _asked.Keys.Where(id => !known.Contains(id)))
        {
            _ = _asked.Remove(id);
            _ = _open.Remove(id);
            _ = _refused.Remove(id);
        }
    }

    /// <summary>Between two questions that are to show that a port is open.</summary>
    internal TimeSpan ProofPause => rules.Ttl;

    /// <summary>Between two questions whether it refuses.</summary>
    internal TimeSpan DoubtPause => rules.Observe / 2;
}
