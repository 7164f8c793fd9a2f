namespace Conference.Actors.Runtime.Sharding;

/// <summary>Messages for shards that nobody owns just now, in their order, shard by shard; so many and no more.</summary>
internal sealed class WaitingMessages(ShardingCounters counters)
{
    internal const int MostPerShard = 1000;

    internal const int MostInAll = 10_000;

    private readonly Dictionary<ShardId, Queue<WaitingMessage>> _queues = [];
    private int _count;

    internal bool IsEmpty => _count == 0;

    internal ShardId[] Shards => [.. _queues.Keys];

    internal bool Has(ShardId shard) => _count > 0 && _queues.ContainsKey(shard);

    /// <returns>False when there is no room.</returns>
    internal bool TryAdd(ShardId shard, WaitingMessage message)
    {
        if (_count >= MostInAll)
            return false;
        if (!_queues.TryGetValue(shard, out var queue))
            _queues[shard] = queue = new Queue<WaitingMessage>();
        if (queue.Count >= MostPerShard)
            return false;
        queue.Enqueue(message);
        Count(+1);
        return true;
    }

    /// <summary>All that wait for a shard; they wait no more.</summary>
    internal IReadOnlyCollection<WaitingMessage> Take(ShardId shard)
    {
        if (!_queues.Remove(shard, out var queue))
            return [];
        Count(-queue.Count);
        return queue;
    }

    /// <summary>Takes out those that have waited long enough.</summary>
    internal IReadOnlyCollection<WaitingMessage> TakeWhere(Predicate<WaitingMessage> isOver)
    {
        List<WaitingMessage>? over = null;
        foreach (var (shard, queue) in _queues.ToArray())
        {
            if (!queue.Any(m => isOver(m)))
                continue;
            var left = new Queue<WaitingMessage>(queue.Count);
            foreach (var message in queue)
            {
                if (isOver(message))
                    (over ??= []).Add(message);
                else
                    left.Enqueue(message);
            }
            if (left.Count > 0)
                _queues[shard] = left;
            else
                _queues.Remove(shard);
        }
        Count(-(over?.Count ?? 0));
        return over ?? [];
    }

    private void Count(int change)
    {
        _count += change;
        counters.Wait(change);
    }
}

/// <param name="EntityId">For whom.</param>
/// <param name="Message">What.</param>
/// <param name="Sender">From whom; null for nobody.</param>
/// <param name="Arrived">It came from another node's region, which repeats what is a question.</param>
/// <param name="Since">When it came, a timestamp.</param>
internal readonly record struct WaitingMessage(string EntityId, object Message, IActorRef? Sender, bool Arrived, long Since);
