using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Conference.Node.Store;

namespace Conference.Node.ReadModel;

/// <summary>
/// PostgreSQL gives each transaction its numbers when it writes, and they are seen in the order of the commits: a number that is missing is either still
/// on its way, or was burnt by a write that failed. Whoever has taken a number holds a lock on the table until its transaction ends. So of the numbers up
/// to the highest one there is, none can come any more once those who hold the lock after that was looked up have let it go.
/// </summary>
internal sealed class PostgresJournalReader : JournalReader
{
    /// <summary>Longer than any transaction of ours lives (<see cref="PostgresStore"/>): a stranger's that stays open must not stop the read models.</summary>
    private static readonly TimeSpan _longestWrite = TimeSpan.FromSeconds(10);

    private static readonly string[] _nobody = [];

    /// <summary>Numbers up to this are there, or never will be.</summary>
    private long _settled;

    /// <summary>What is waited for: that those who hold locks now let them go.</summary>
    private (long Highest, string[] Writers, long Since)? _waiting;

    internal override async Task<IReadOnlyList<JournalRow>> ReadAsync(DbConnection connection, long after, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(connection, after, cancellationToken);
        if (Complete(rows, after) == rows.Count)
            return rows;
        await SettleAsync(connection, cancellationToken);
        // Again, for what was committed before the last lock was let go.
        rows = await RowsAsync(connection, after, cancellationToken);
        return [.. rows.Take(Complete(rows, after))];
    }

    /// <summary>How many of the rows have nothing missing before them.</summary>
    private int Complete(IReadOnlyList<JournalRow> rows, long after)
    {
        for (int i = 0; i < rows.Count; after = rows[i++].Ordering)
        {
            if (rows[i].Ordering > after + 1 && rows[i].Ordering - 1 > _settled)
                return i;
        }

        return rows.Count;
    }

    private async Task SettleAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (_waiting is null)
        {
            // The highest number first, then who holds the lock: a writer with a lower number already holds it.
            long highest = Convert.ToInt64(
                await connection.ScalarAsync("select max(ordering) from conference_journal", cancellationToken), CultureInfo.InvariantCulture);
            _waiting = (highest, await WritersAsync(connection, cancellationToken), Stopwatch.GetTimestamp());
        }

        var (reached, writers, since) = _waiting.Value;
        if (writers.Length > 0 && Stopwatch.GetElapsedTime(since) < _longestWrite)
            writers = [.. writers.Intersect(await WritersAsync(connection, cancellationToken))];
        if (writers.Length > 0 && Stopwatch.GetElapsedTime(since) < _longestWrite)
            return;
        (_settled, _waiting) = (reached, null);
    }

    /// <summary>Transactions that write to the journal now.</summary>
    private static async Task<string[]> WritersAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.ScalarAsync(
            """
            select array_agg(virtualtransaction) from pg_locks where locktype = 'relation' and relation = 'conference_journal'::regclass
            and database = (select oid from pg_database where datname = current_database()) and mode = 'RowExclusiveLock'
            """,
            cancellationToken) as string[] ?? _nobody;
}
