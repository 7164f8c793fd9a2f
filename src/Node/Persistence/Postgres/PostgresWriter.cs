using Conference.Actors.Persistence;
using Npgsql;

namespace Conference.Node.Persistence.Postgres;

/// <summary>Commits a batch of writes in one round trip and one transaction, and tells each what became of it.</summary>
internal sealed class PostgresWriter(NpgsqlDataSource source, StoreMetrics metrics, ILogger log, TimeSpan deadline)
{
    private int _isFailing;

    internal async Task CommitAsync(IReadOnlyList<PendingWrite> batch)
    {
        bool isSent = false;
        try
        {
            using var timeout = new CancellationTokenSource(deadline);
            await using var connection = await source.OpenConnectionAsync(timeout.Token);
            isSent = true;
            var outcome = await ExecuteAsync(connection, batch, timeout.Token);
            metrics.Committed(batch.Count);
            if (Interlocked.Exchange(ref _isFailing, 0) == 1)
                StoreLog.Recovered(log);
            foreach (var pending in batch)
                Answer(pending, outcome);
        }
        catch (PostgresException exception) when (IsRace(exception))
        {
            // Rolled back as a whole. Whose fault it was is found out by making each of them alone.
            if (batch.Count == 1)
                batch[0].Fail(metrics, new JournalConflictException(batch[0].Write.PersistenceId, batch[0].Write.FirstSequenceNr, exception));
            else
                foreach (var pending in batch)
                    await CommitAsync([pending]);
        }
        catch (Exception exception)
        {
            if (Interlocked.Exchange(ref _isFailing, 1) == 0)
                StoreLog.WritesFailed(log, exception);
            // An answer of the server that it failed is an answer; silence after it was sent is none.
            bool isUnknown = isSent && exception is not PostgresException { SqlState: not ['5', '7', ..] };
            foreach (var pending in batch)
                pending.Fail(metrics, new JournalUnavailableException("the store cannot be written: try again", exception, isUnknown));
        }
    }

    private static async Task<Outcome> ExecuteAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingWrite> batch, CancellationToken cancellationToken)
    {
        long at = CallCursor.Micros(DateTimeOffset.UtcNow);
        // One Sync at its end makes the batch one transaction: committed before the last result is read to its end.
        await using var commands = new NpgsqlBatch(connection);
        var fences = batch.Where(p => p.Write.Fence is not null).Select(p => p.Write.Fence!.Value.Shard.Value).ToArray();
        if (fences.Length > 0)
            commands.BatchCommands.Add(PostgresStatements.ForShards(fences));
        var groups = new List<PendingWrite[]>();
        var plain = batch.Where(p => p.Write.Changes.Count == 0).ToArray();
        if (plain.Length > 0)
        {
            commands.BatchCommands.Add(PostgresStatements.ForEvents(Array.ConvertAll(plain, p => p.Write), at));
            groups.Add(plain);
        }
        foreach (var pending in batch)
        {
            if (pending.Write.Changes.Count == 0)
                continue;
            commands.BatchCommands.Add(PostgresStatements.ForChanging(pending.Write, at));
            groups.Add([pending]);
        }
        var stored = new HashSet<PendingWrite>(batch.Count);
        var epochs = new Dictionary<int, long>();
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        if (fences.Length > 0)
        {
            while (await reader.ReadAsync(cancellationToken))
                epochs.Add(reader.GetInt32(0), reader.GetInt64(1));
            await reader.NextResultAsync(cancellationToken);
        }
        foreach (var group in groups)
        {
            await reader.ReadAsync(cancellationToken);
            stored.UnionWith(Taken(reader, group));
            await reader.NextResultAsync(cancellationToken);
        }
        return new Outcome(stored, epochs);
    }

    /// <summary>How many rows were taken, and where it was not all of them, which.</summary>
    private static IEnumerable<PendingWrite> Taken(NpgsqlDataReader reader, PendingWrite[] group)
    {
        long rows = reader.GetInt64(0);
        if (rows == group.Sum(p => p.Write.Events.Count))
            return group;
        if (rows == 0)
            return [];
        var taken = reader.GetFieldValue<string[]>(1).Zip(reader.GetFieldValue<long[]>(2)).ToHashSet();
        return group.Where(p => taken.Contains((p.Write.PersistenceId.ToString(), p.Write.LastSequenceNr)));
    }

    private void Answer(PendingWrite pending, Outcome outcome)
    {
        var write = pending.Write;
        if (outcome.Stored.Contains(pending))
            pending.Succeed(metrics);
        else if (write.Fence is { } fence && !outcome.IsCurrent(fence))
            pending.Fail(metrics, new JournalFencedException(write.PersistenceId, fence));
        else
            pending.Fail(metrics, new JournalConflictException(write.PersistenceId, write.FirstSequenceNr));
    }

    /// <summary>Unique violation, serialization failure, deadlock.</summary>
    private static bool IsRace(PostgresException exception) => exception.SqlState is "23505" or "40001" or "40P01";

    /// <param name="Stored">The writes that were taken.</param>
    /// <param name="Epochs">Of the shards that writes were fenced by, while they were made.</param>
    private sealed record Outcome(HashSet<PendingWrite> Stored, Dictionary<int, long> Epochs)
    {
        internal bool IsCurrent(ShardFence fence) => Epochs.TryGetValue(fence.Shard.Value, out long epoch) && epoch == fence.Epoch;
    }
}
