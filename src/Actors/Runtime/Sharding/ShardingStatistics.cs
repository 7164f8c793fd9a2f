namespace Conference.Actors.Runtime.Sharding;

/// <summary>What the regions of a node had to do because shards move.</summary>
/// <param name="Waiting">Messages that wait now for their shard to have an owner.</param>
/// <param name="WaitingLimit">How many may, in all regions together.</param>
/// <param name="Nacks">Answers "wrong owner" from other nodes, since the start.</param>
/// <param name="Retries">Questions sent again, since the start.</param>
public sealed record ShardingStatistics(long Waiting, int WaitingLimit, long Nacks, long Retries);

internal sealed class ShardingCounters
{
    private long _waiting;
    private long _nacks;
    private long _retries;

    internal ShardingStatistics Read(int waitingLimit) =>
        new(Interlocked.Read(ref _waiting), waitingLimit, Interlocked.Read(ref _nacks), Interlocked.Read(ref _retries));

    internal void Wait(int change) => Interlocked.Add(ref _waiting, change);

    internal void Nacked() => Interlocked.Increment(ref _nacks);

    internal void Retried() => Interlocked.Increment(ref _retries);
}
