using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>The links to the others, and since when; links may come before the view that names the peer, and outlive it.</summary>
internal sealed class Peers(MembershipRules rules)
{
    private readonly Dictionary<NodeId, (bool IsUp, TimeSpan Since)> _links = [];
    private ImmutableArray<NodeId> _expected = [];

    internal bool IsLinked(NodeId peer) => _links.TryGetValue(peer, out var link) && link.IsUp;

    internal void Changed(NodeId peer, bool isUp, TimeSpan now)
    {
        if (IsLinked(peer) != isUp)
            _links[peer] = (isUp, now);
    }

    /// <summary>To whom there should be links: all that are up or leaving, but for this node.</summary>
    internal void Expect(ImmutableArray<NodeId> peers, TimeSpan now)
    {
        _expected = peers;
        foreach (var peer in _links.Where(l => !l.Value.IsUp && !peers.Contains(l.Key)).Select(l => l.Key).ToArray())
            _ = _links.Remove(peer);
        foreach (var peer in peers)
            _ = _links.TryAdd(peer, (false, now));
    }

    internal IEnumerable<NodeId> Missing => _expected.Where(p => !_links[p].IsUp);

    /// <summary>Whom this node accuses: those it has not reached for a while.</summary>
    internal ImmutableArray<NodeId> Accused(TimeSpan now)
    {
        foreach (var peer in _expected)
        {
            if (_links[peer] is (false, var since) && now - since >= rules.AccuseAfter)
                return [.. Missing.Where(p => now - _links[p].Since >= rules.AccuseAfter)];
        }

        return [];
    }
}
