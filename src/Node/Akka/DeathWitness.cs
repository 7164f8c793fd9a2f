using Akka.Cluster;

namespace Conference.Node.Akka;

/// <summary>What can be seen of a member, from outside of the cluster.</summary>
/// <param name="IsDead">Its process is gone: nothing short of that is proof. A frozen node is not dead.</param>
/// <param name="Why">For the log.</param>
/// <param name="Took">How long the database took to let us in and answer: as long as a node takes to get its lock back.</param>
internal sealed record Sighting(bool IsDead, string Why, TimeSpan Took = default);

/// <summary>Looks for the proof that the process of a member is gone: its locks, and its port.</summary>
internal sealed class DeathWitness(ClusterDatabase database, ClusterIdentity identity, UniqueAddress self)
{
    private static readonly TimeSpan _knockLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _queryLimit = TimeSpan.FromSeconds(2);

    /// <summary>Never throws; takes two and a half seconds at most.</summary>
    public async Task<Sighting> LookAsync(UniqueAddress node)
    {
        try
        {
            var endpoint = NodeIncarnation.EndpointOf(node.Address);
            var answer = await Knock.AtPortAsync(endpoint, _knockLimit).ConfigureAwait(false);
            if (answer == KnockAnswer.Silent)
                return new Sighting(false, "its port is silent");
            long own = identity.IncarnationKey(NodeIncarnation.Of(self)), theirs = identity.IncarnationKey(NodeIncarnation.Of(node)), atEndpoint = identity.AddressKey(endpoint);
            long start = BootClock.Instance.GetTimestamp();
            long[] held = await HeldAsync([own, theirs, atEndpoint]).ConfigureAwait(false);
            var took = BootClock.Instance.GetElapsedTime(start);
            // Our own must be there: otherwise the database itself was restarted, and locks that are missing prove nothing.
            if (!held.Contains(own))
                return new Sighting(false, "this node's own lock is not held");
            if (held.Contains(theirs))
                return new Sighting(false, "its lock is held");
            if (answer == KnockAnswer.Refused)
                return new Sighting(true, "its port is refused, its lock is gone", took);
            // One address belongs to one life at a time: a container that was started again in its place has both.
            return held.Contains(atEndpoint)
                ? new Sighting(true, "another life has its address", took)
                : new Sighting(false, "somebody listens at its port");
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e))
        {
            return new Sighting(false, "the database is away");
        }
    }

    /// <summary>Asks the database once, for nothing. Never throws.</summary>
    public async Task WarmUpAsync()
    {
        try
        {
            await HeldAsync([identity.IncarnationKey(NodeIncarnation.Of(self))]).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e))
        {
            // It is only slow the next time.
        }
    }

    /// <summary>By a session of its own, as a node that has lost its own needs one.</summary>
    private async Task<long[]> HeldAsync(long[] keys)
    {
        using var limit = new CancellationTokenSource(_queryLimit);
        await using var session = await database.OpenSessionAsync(limit.Token).ConfigureAwait(false);
        return await session.ReadAsync(NodeSql.Held, [keys], r => r.GetInt64(0), limit.Token).ConfigureAwait(false);
    }
}
