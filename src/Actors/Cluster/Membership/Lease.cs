namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// How long this node may act. A beat grants a lease from before it was sent, and only together with a view that is at least as new as
/// what the beat's answer said. So whoever holds a lease at a time t knows everything that was committed before t - (TTL - margin): that
/// it was not declared dead, and which of its shards are draining.
/// </summary>
internal sealed class Lease(MembershipRules rules)
{
    // Beats whose answers told of a version that has not been loaded yet.
    private readonly List<(TimeSpan Sent, long Version)> _ahead = [];
    private long _version = -1;

    /// <summary>The last moment at which the view is known to have been what the tables said.</summary>
    internal TimeSpan Confirmed { get; private set; } = TimeSpan.MinValue;

    internal TimeSpan Until { get; private set; }

    /// <summary>A beat was answered.</summary>
    internal void Beaten(TimeSpan sent, long version)
    {
        if (version > _version)
            _ahead.Add((sent, version));
        else
            Grant(sent);
    }

    /// <summary>The tables were loaded, and the view is now of this version.</summary>
    internal void Loaded(TimeSpan sent, long version)
    {
        _version = version;
        Confirm(sent);
        foreach (var beat in _ahead)
        {
            if (beat.Version <= version)
                Grant(beat.Sent);
        }

        _ = _ahead.RemoveAll(b => b.Version <= version);
    }

    private void Grant(TimeSpan sent)
    {
        Confirm(sent);
        if (sent + rules.Lease > Until)
            Until = sent + rules.Lease;
    }

    private void Confirm(TimeSpan sent)
    {
        if (sent > Confirmed)
            Confirmed = sent;
    }
}
