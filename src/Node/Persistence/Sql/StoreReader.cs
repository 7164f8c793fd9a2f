using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Node.Persistence.Sql;

/// <summary>All reading, in SQL that both databases speak.</summary>
/// <param name="log">For what is damaged.</param>
/// <param name="metrics">For what fails.</param>
internal abstract class StoreReader(ILogger log, StoreMetrics metrics)
{
    /// <summary>Events read at a time, so that no reader holds a connection while an actor works.</summary>
    private const int Page = 512;

    private const string Events =
        "select seq, payload, checksum from event where pid = @pid and seq >= @seq order by seq limit @limit";

    private const string Snapshot =
        "select seq, payload, checksum from snapshot where pid = @pid and seq <= @seq order by seq desc limit 1";

    /// <exception cref="JournalUnavailableException">No connection in time.</exception>
    protected abstract ValueTask<SqlSession> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Where the database blocks its caller, this is the place to leave the caller's thread.</summary>
    protected abstract Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken);

    internal async IAsyncEnumerable<JournalRow> ReplayAsync(
        PersistenceId id, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (rows, damage) = await ReadAsync(session => EventsAsync(session, id, from, cancellationToken), cancellationToken);
            foreach (var row in rows)
                yield return row;
            if (damage is not null)
            {
                metrics.Failed("corrupt");
                throw damage;
            }
            if (rows.Count < Page)
                yield break;
            from = rows[^1].SequenceNr + 1;
        }
    }

    internal async Task<JournalRow?> SnapshotAsync(PersistenceId id, long max, CancellationToken cancellationToken)
    {
        while (max > 0)
        {
            long at = max;
            var found = await ReadAsync<(JournalRow Row, bool IsWhole)?>(async session =>
            {
                await using var reader = await session.Command(Snapshot, ("@pid", id.ToString()), ("@seq", at)).ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken) ? Row(reader, id) : null;
            }, cancellationToken);
            if (found is not { } snapshot)
                return null;
            if (snapshot.IsWhole)
                return snapshot.Row;
            StoreLog.SnapshotDamaged(log, id, snapshot.Row.SequenceNr);
            metrics.Failed("corrupt");
            max = snapshot.Row.SequenceNr - 1;
        }
        return null;
    }

    internal Task<DirectoryEntry?> FindAsync(DirectoryKind kind, Name name, CancellationToken cancellationToken) => ReadAsync(async session =>
    {
        var command = session.Command(
            "select details from directory where kind = @kind and name = @name", ("@kind", (int)kind), ("@name", name.ToString()));
        return await command.ExecuteScalarAsync(cancellationToken) is string details ? new DirectoryEntry(kind, name, details) : null;
    }, cancellationToken);

    internal Task<DirectoryPage> ListAsync(DirectoryKind kind, string? after, int limit, CancellationToken cancellationToken) => ReadAsync(async session =>
    {
        var command = session.Command(
            "select name, details from directory where kind = @kind and name > @after order by name limit @limit",
            ("@kind", (int)kind), ("@after", after ?? ""), ("@limit", limit + 1));
        var entries = new List<DirectoryEntry>();
        bool more = false;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            more = entries.Count == limit;
            if (!more)
                entries.Add(new DirectoryEntry(kind, Name.Parse(reader.GetString(0)), reader.GetString(1)));
        }
        return new DirectoryPage(entries, more ? entries[^1].Name.ToString() : null);
    }, cancellationToken);

    internal Task<CallRecordPage> CallsAsync(CallQuery query, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("select ").Append(CallRows.Columns).Append(" from call where true");
        var parameters = new List<(string, object?)>();
        Where(query.Room is { }, " and room = @room", "@room", query.Room?.ToString());
        Where(query.User is { }, " and member = @member", "@member", query.User?.ToString());
        Where(query.Node is not null, " and node = @node", "@node", query.Node);
        Where(query.From is not null, " and started >= @from", "@from", query.From is { } from ? CallCursor.Micros(from) : null);
        Where(query.To is not null, " and started < @to", "@to", query.To is { } to ? CallCursor.Micros(to) : null);
        if (query.OnlyOpen)
            sql.Append(" and ended is null");
        if (query.After is not null)
        {
            var after = CallCursor.Parse(query.After);
            Where(true, " and (started, id) < (@started, @id)", "@started", after.StartedMicros);
            parameters.Add(("@id", after.Id.ToString("N")));
        }
        Where(true, " order by started desc, id desc limit @limit", "@limit", query.Limit + 1);
        return ReadAsync(async session =>
        {
            var records = new List<CallRecord>();
            await using var reader = await session.Command(sql.ToString(), parameters.ToArray()).ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                records.Add(CallRows.Read(reader));
            bool more = records.Count > query.Limit;
            if (more)
                records.RemoveAt(query.Limit);
            return new CallRecordPage(records, more ? CallCursor.Of(records[^1]).ToString() : null);
        }, cancellationToken);

        void Where(bool applies, string condition, string name, object? value)
        {
            if (!applies)
                return;
            sql.Append(condition);
            parameters.Add((name, value));
        }
    }

    private static async Task<(List<JournalRow> Rows, JournalCorruptException? Damage)> EventsAsync(
        SqlSession session, PersistenceId id, long from, CancellationToken cancellationToken)
    {
        var rows = new List<JournalRow>();
        var command = session.Command(Events, ("@pid", id.ToString()), ("@seq", from), ("@limit", Page));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (row, isWhole) = Row(reader, id);
            if (!isWhole)
                return (rows, new JournalCorruptException(id, row.SequenceNr, "the row's checksum does not fit"));
            rows.Add(row);
        }
        return (rows, null);
    }

    private static (JournalRow Row, bool IsWhole) Row(DbDataReader reader, PersistenceId id)
    {
        // A damaged file can hold anything in any column.
        var payload = reader.GetValue(1) as byte[] ?? [];
        long sequenceNr = reader.GetInt64(0);
        return (new JournalRow(sequenceNr, payload), reader.GetValue(2) is long sum && sum == RowChecksum.Of(id, sequenceNr, payload));
    }

    private Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        for (bool isAgain = false; ; isAgain = true)
        {
            try
            {
                await using var session = await OpenAsync(cancellationToken);
                return await read(session);
            }
            catch (DbException exception) when (!isAgain && IsLostConnection(exception))
            {
                // One from the pool that a restart of the server had ended; reading twice harms nobody.
            }
            catch (Exception exception) when (exception is DbException or TimeoutException or IOException)
            {
                metrics.Failed("unavailable");
                throw new JournalUnavailableException("the store cannot be read: try again", exception);
            }
        }
    }, cancellationToken);

    /// <summary>57P: the server ended the session. A connection that broke is transient, and a timeout, which is not worth another.</summary>
    private static bool IsLostConnection(DbException exception) =>
        exception.SqlState?.StartsWith("57P", StringComparison.Ordinal) == true
        || (exception.IsTransient && exception.InnerException is IOException);
}
