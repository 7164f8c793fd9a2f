using Akka.Actor;
using Akka.Cluster;
using Akka.Coordination;

namespace Conference.Node.Akka;

/// <summary>
/// The lease of Akka's split brain resolver, strategy lease-majority, on a row of PostgreSQL. A minority stops, whatever the database says: otherwise one that
/// still reaches it could go on beside a majority that does not. Of two halves the one that gets the row goes on. A majority tries the row too, and stops if
/// another has it: then this node ends alone. It goes on by itself only where the database is away.
/// <para>
/// The votes are those the resolver sees, with one difference: a node that somebody misses, and that is in touch all the same (<see cref="ClusterVotes.Here"/>),
/// is not away. So one cut link among three leaves the node that hears both, and not nobody. If the owner of the row is on this side, its answer counts for this node.
/// If the owner was put out of the cluster, the row is free.
/// </para>
/// </summary>
public sealed class TieLease : Lease
{
    private static readonly TimeSpan _lately = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly ExtendedActorSystem _system;
    private readonly ClusterSetup _cluster;
    private readonly TimeProvider _clock = BootClock.Instance;
    private readonly Lazy<NodeIncarnation> _self;
    private Action<Exception?> _lost = _ => { };
    private Timer? _beat;
    private long _heldUntil;

    /// <summary>Akka makes it, by its name.</summary>
    public TieLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        ArgumentNullException.ThrowIfNull(system);
        _system = system;
        _cluster = system.Settings.Setup.Get<ClusterSetup>().Value;
        // Akka's own name of the owner is the address, which the next life has too.
        _self = new Lazy<NodeIncarnation>(() => NodeIncarnation.Of(Cluster.Get(_system).SelfUniqueAddress));
    }

    private bool IsHeld => _clock.GetTimestamp() < Interlocked.Read(ref _heldUntil);

    public override Task<bool> Acquire() => Acquire(_ => { });

    public override async Task<bool> Acquire(Action<Exception?> leaseLostCallback)
    {
        _lost = leaseLostCallback;
        if (Count() is not { } count)
            return false;
        string answer = await AskAsync(count).ConfigureAwait(false);
        bool isGranted = answer.StartsWith("yes", StringComparison.Ordinal);
        ClusterLog.LeaseDecided(_cluster.Log, count.Away, count.All, answer);
        if (!isGranted && count.IsMajority)
        {
            // Two parts both see a majority, so they have nodes in common. Akka would put out all of this part, those nodes too, and nobody would be left.
            _cluster.End("another part of the cluster goes on, and nodes of this part with it");
            await Task.Delay(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        }

        return isGranted;
    }

    public override async Task<bool> Release()
    {
        lock (_gate)
        {
            _beat?.Dispose();
            _beat = null;
        }

        Interlocked.Exchange(ref _heldUntil, 0);
        try
        {
            await _cluster.Database.ExecuteAsync("delete from conference_lease where name = $1 and owner = $2", [Settings.LeaseName, _self.Value.Value]).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e))
        {
            // It expires by itself.
        }

        return true;
    }

    /// <summary>Akka goes on without asking where this is true, so it is not where the votes have changed for the worse.</summary>
    public override bool CheckLease() => IsHeld && Count() is { IsMinority: false };

    private VoteCount? Count()
    {
        if (_cluster.Votes.Current is not { } votes)
            return null;
        long since = _clock.GetTimestamp() - (long)(_lately.TotalSeconds * _clock.TimestampFrequency);
        var here = votes.Here(since, Cluster.Get(_system).State.SeenBy).Select(NodeIncarnation.Of).ToHashSet();
        return new VoteCount(here, votes.All.Length, votes.Down.Select(NodeIncarnation.Of).ToHashSet());
    }

    /// <returns>Whether this side may go on, and why: a sentence that begins with yes or no.</returns>
    private async Task<string> AskAsync(VoteCount count)
    {
        if (count.IsMinority)
            return "no, this is the smaller part";
        try
        {
            if (await TakeAsync().ConfigureAwait(false))
                return "yes, this node has the row";
            string? holder = await HolderAsync().ConfigureAwait(false);
            if (holder is not null && count.Down.Contains(new NodeIncarnation(holder)))
            {
                // Whoever put it out will write it down, or has. Now the row is anybody's.
                await _cluster.Database.DepartAsync(_cluster.Identity, new NodeIncarnation(holder)).ConfigureAwait(false);
                if (await TakeAsync().ConfigureAwait(false))
                    return "yes, this node has the row";
                holder = await HolderAsync().ConfigureAwait(false);
            }

            return holder is not null && count.Here.Contains(new NodeIncarnation(holder)) ? "yes, a node of this side has the row" : "no, another has the row";
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e))
        {
            return count.IsMajority ? "yes, this is the larger part, and the database is away" : "no, these are two halves, and the database is away";
        }
    }

    private async Task<string?> HolderAsync() => (await _cluster.Database.QueryAsync<string>(
        "select owner from conference_lease where name = $1 and expires > clock_timestamp()", [Settings.LeaseName]).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Takes the row, or holds it longer. A life that was put out gets nothing, and what it has is anybody's.</summary>
    private async Task<bool> TakeAsync()
    {
        // What is certain is how long it lasts from before it was asked for.
        long asked = _clock.GetTimestamp();
        var lasts = Settings.TimeoutSettings.HeartbeatTimeout;
        int taken = await _cluster.Database.ExecuteAsync(
            """
            insert into conference_lease as held(name, owner, expires)
            select $1, $2, clock_timestamp() + $3 where not exists (select from conference_departed where life = $2)
            on conflict (name) do update set owner = excluded.owner, expires = excluded.expires
            where held.owner = excluded.owner or held.expires < clock_timestamp() or held.owner in (select life from conference_departed)
            """,
            [Settings.LeaseName, _self.Value.Value, lasts]).ConfigureAwait(false);
        Interlocked.Exchange(ref _heldUntil, taken == 1 ? asked + (long)(lasts.TotalSeconds * _clock.TimestampFrequency) : 0);
        if (taken != 1)
            return false;
        lock (_gate)
            _beat ??= new Timer(_ => _ = BeatAsync(), null, Settings.TimeoutSettings.HeartbeatInterval, Settings.TimeoutSettings.HeartbeatInterval);
        return true;
    }

    private async Task BeatAsync()
    {
        try
        {
            await TakeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e))
        {
            // It ends by itself, here and in the database.
        }

        if (IsHeld)
            return;
        lock (_gate)
        {
            _beat?.Dispose();
            _beat = null;
        }

        _lost(null);
    }

    /// <param name="Here">Lives on this side.</param>
    /// <param name="All">How many members count.</param>
    /// <param name="Down">Lives that were put out.</param>
    private sealed record VoteCount(HashSet<NodeIncarnation> Here, int All, HashSet<NodeIncarnation> Down)
    {
        public int Away => All - Here.Count;

        public bool IsMinority => Here.Count < Away;

        public bool IsMajority => Here.Count > Away;
    }
}
