using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// Whom the others put out because links do not reach it, though it beats. All accusations are seen together, so that of two halves that
/// cannot reach each other one stays whole.
/// </summary>
internal static class Votes
{
    /// <param name="nodes">All that are not dead.</param>
    /// <param name="evidence">Whose accusations count, and who has been accusing each other for long.</param>
    internal static ImmutableArray<NodeId> Evict(IEnumerable<NodeRow> nodes, ReconcileEvidence evidence)
    {
        var members = nodes.Where(n => n.State is NodeRowState.Up or NodeRowState.Leaving).ToDictionary(n => n.Id);
        if (!members.Values.Any(n => n.Accused.Length > 0))
            return [];
        var evicted = ImmutableArray.CreateBuilder<NodeId>();
        while (MostAccused(members, evidence.Fresh) is { } worst)
        {
            _ = members.Remove(worst);
            evicted.Add(worst);
        }

        foreach (var (first, second) in evidence.Feuds)
        {
            if (!members.TryGetValue(first, out var a) || !members.TryGetValue(second, out var b))
                continue;
            if (!a.Accused.Contains(second) || !b.Accused.Contains(first))
                continue;
            var younger = a.Number > b.Number ? first : second;
            _ = members.Remove(younger);
            evicted.Add(younger);
        }

        return evicted.ToImmutable();
    }

    /// <summary>
    /// The one whom most accuse, if they are more than half of the others; of equals the youngest. One at a time, and its own votes go with
    /// it. Of two nodes neither has a majority of the others: that is a feud.
    /// </summary>
    private static NodeId? MostAccused(Dictionary<NodeId, NodeRow> members, ImmutableArray<NodeId> fresh)
    {
        var others = members.Count - 1;
        if (others < 2)
            return null;
        var votes = new Dictionary<NodeId, int>();
        foreach (var voter in members.Values)
        {
            if (!fresh.Contains(voter.Id))
                continue;
            foreach (var accused in voter.Accused)
            {
                if (accused != voter.Id && members.ContainsKey(accused))
                    votes[accused] = votes.GetValueOrDefault(accused) + 1;
            }
        }

        NodeRow? worst = null;
        foreach (var (id, count) in votes)
        {
            if (count * 2 <= others)
                continue;
            var row = members[id];
            if (worst is null || count > votes[worst.Id] || (count == votes[worst.Id] && row.Number > worst.Number))
                worst = row;
        }

        return worst?.Id;
    }
}
