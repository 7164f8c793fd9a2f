using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// What this node saw of the others' beats, by its own clock. An observation lasts from the answer that showed a beat first to the sending
/// of the question whose answer showed it last, so it is never longer than the beat stood still.
/// </summary>
internal sealed class Observations(MembershipRules rules)
{
    private readonly Dictionary<NodeId, Seen> _seen = [];
    private readonly Dictionary<NodePair, Feud> _feuds = [];

    /// <summary>When a beat will have stood still long enough to say something, if it does; null when none is near.</summary>
    internal TimeSpan? NextCrossing { get; private set; }

    /// <summary>Takes in an answer. Whoever it does not name is gone, or is not asked about any more.</summary>
    internal void Add(ImmutableArray<NodeObservation> rows, TimeSpan sent, TimeSpan now)
    {
        foreach (var row in rows)
        {
            if (!_seen.TryGetValue(row.Id, out var seen))
                _seen[row.Id] = seen = new Seen { Beat = row.Beat, Since = now };
            else if (row.Beat != seen.Beat)
                (seen.Beat, seen.Since, seen.Moved) = (row.Beat, now, now);
            else if (IsBroken(seen.LastAt, now))
                seen.Since = now;
            (seen.Accused, seen.HoldsSession, seen.LastSent, seen.LastAt) = (row.Accused, row.HoldsSession, sent, now);
        }

        foreach (var (id, seen) in _seen)
        {
            if (seen.LastAt != now)
                _ = _seen.Remove(id);
        }

        AddFeuds(sent, now);
        Look();
    }

    /// <summary>After a database error, and after a time without a lease: nobody is judged by what was seen before it.</summary>
    internal void Discard()
    {
        if (rules.ObservationGap == Timeout.InfiniteTimeSpan)
            return;
        _seen.Clear();
        _feuds.Clear();
        NextCrossing = null;
    }

    /// <summary>How long this beat of the node has stood still, as far as is known; null when nothing is known.</summary>
    internal TimeSpan? StoodStill(NodeId id) => _seen.TryGetValue(id, out var seen) ? seen.LastSent - seen.Since : null;

    /// <summary>All whose beat has stood still long enough to wonder.</summary>
    internal ImmutableArray<NodeId> Doubtful => [.. _seen.Where(s => s.Value.LastSent - s.Value.Since >= rules.Stall).Select(s => s.Key)];

    internal long Beat(NodeId id) => _seen[id].Beat;

    internal bool HasNoSession(NodeId id) => _seen.TryGetValue(id, out var seen) && seen.HoldsSession == false;

    /// <summary>All whose beat has stood still for this long, or will have by the time a question sent now is answered.</summary>
    internal IEnumerable<NodeId> StoodStillFor(TimeSpan limit, TimeSpan now) =>
        _seen.Where(s => now - s.Value.Since >= limit).Select(s => s.Key);

    /// <summary>The row, with what was seen of it since it was loaded.</summary>
    internal NodeRow Refresh(NodeRow row) =>
        _seen.TryGetValue(row.Id, out var seen) && seen.Beat >= row.Beat ? row with { Beat = seen.Beat, Accused = seen.Accused } : row;

    /// <summary>Whose accusations are not old.</summary>
    internal ImmutableArray<NodeId> Fresh(TimeSpan now) =>
        [.. _seen.Where(s => s.Value.Moved is { } moved && now - moved <= rules.Beat * 2.5).Select(s => s.Key)];

    internal ImmutableArray<NodePair> Feuds() =>
        [.. _feuds.Where(f => f.Value.LastSent - f.Value.Since >= rules.FeudLimit).Select(f => f.Key)];

    /// <summary>Whether anybody accuses anybody.</summary>
    internal bool HasAccusations => _seen.Values.Any(s => s.Accused.Length > 0);

    private bool IsBroken(TimeSpan lastAt, TimeSpan now) =>
        rules.ObservationGap != Timeout.InfiniteTimeSpan && now - lastAt > rules.ObservationGap;

    private void AddFeuds(TimeSpan sent, TimeSpan now)
    {
        if (_feuds.Count == 0 && !HasAccusations)
            return;
        foreach (var pair in _feuds.Keys.Where(p => !Accuses(p.First, p.Second) || !Accuses(p.Second, p.First)).ToArray())
            _ = _feuds.Remove(pair);
        foreach (var (id, seen) in _seen)
        {
            foreach (var other in seen.Accused)
            {
                if (other < id || !Accuses(other, id))
                    continue;
                var pair = new NodePair(id, other);
                if (!_feuds.TryGetValue(pair, out var feud) || IsBroken(feud.LastAt, now))
                    feud = new Feud(now, now, now);
                _feuds[pair] = feud with { LastSent = sent, LastAt = now };
            }
        }
    }

    private bool Accuses(NodeId by, NodeId whom) => _seen.TryGetValue(by, out var seen) && seen.Accused.Contains(whom);

    private void Look()
    {
        NextCrossing = null;
        foreach (var seen in _seen.Values)
        {
            Consider(seen, seen.Since + rules.Stall);
            Consider(seen, seen.Since + rules.Ttl);
        }

        void Consider(Seen seen, TimeSpan at)
        {
            // It may have passed while the answer was on its way: the question was asked too early, and is asked again.
            if (at > seen.LastSent && (NextCrossing is not { } next || at < next))
                NextCrossing = at;
        }
    }

    private sealed class Seen
    {
        internal long Beat { get; set; }

        internal TimeSpan Since { get; set; }

        /// <summary>When it was seen to beat; null when it has not been.</summary>
        internal TimeSpan? Moved { get; set; }

        internal TimeSpan LastSent { get; set; }

        internal TimeSpan LastAt { get; set; }

        internal bool? HoldsSession { get; set; }

        internal ImmutableArray<NodeId> Accused { get; set; } = [];
    }

    private readonly record struct Feud(TimeSpan Since, TimeSpan LastSent, TimeSpan LastAt);
}
