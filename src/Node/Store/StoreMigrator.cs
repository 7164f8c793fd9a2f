using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conference.Node.Store;

/// <summary>
/// Copies everything from a SQLite file that no node uses to a PostgreSQL that has nothing yet: rows as they are, numbers and checksums with them, in one
/// transaction. Made again after a failure, it starts from the beginning.
/// </summary>
public static class StoreMigrator
{
    /// <summary>What is copied is what both schemas have at this version. How far the read models are is copied with them.</summary>
    private static readonly (string Table, string Columns)[] _tables =
    [
        (StoreSchema.Journal, "ordering, created, deleted, persistence_id, sequence_number, message, manifest, identifier, tags"),
        (StoreSchema.Snapshot, "persistence_id, sequence_number, created, snapshot, manifest, serializer_id"),
        (StoreSchema.Directory, "kind, domain, name, details"),
        (StoreSchema.Call,
            "id, domain, room, member, session, services, node, started, ended, ending, bytes_in, bytes_out, packets_in, packets_out, recording"),
        (StoreSchema.Projection, "name, ordering"),
        (StoreSchema.Audit, "id, at, operator, origin, node, act, room, member, on_node, details, status, domain, token"),
        (StoreSchema.Token, "id, digest, name, domain, rights, made"),
        (StoreSchema.DomainKey, "domain, join_secret, jwks, audience"),
        (StoreSchema.UsedToken, "digest, session, expires"),
        (StoreSchema.Usage, "domain, day, member_micros, joins, peak_members, bytes_in, bytes_out, recorded_micros"),
        (StoreSchema.Domain, "name, standing, rules, version, ordering"),
        (StoreSchema.Webhook, "domain, id, url, secret, kinds, enabled, since, made"),
        (StoreSchema.Delivery, "domain, webhook, ordering, part, id, lane, kind, body, queued, due, attempts, state, status, reason, done"),
        (StoreSchema.Occupant, "domain, room, session, call, member"),
    ];

    /// <param name="sqlitePath">From where. Left as it is.</param>
    /// <param name="postgres">To where: a connection string.</param>
    /// <param name="cancellationToken">Gives up; nothing is copied then.</param>
    /// <returns>Rows copied, by table.</returns>
    /// <exception cref="StoreException">One of the two cannot be used, or the target is not empty.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> CopyAsync(
        string sqlitePath, string postgres, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(sqlitePath))
            throw new StoreException($"there is no store {sqlitePath} to copy");
        using var file = SqliteFile.Take(sqlitePath);
        await file.PrepareAsync(cancellationToken);
        await using var source = PostgresStore.Source(postgres);
        try
        {
            await using var from = new SqliteConnection(file.ConnectionString);
            await from.OpenAsync(cancellationToken);
            await PostgresStore.MakeAsync(source, cancellationToken);
            await using var to = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await to.BeginTransactionAsync(cancellationToken);
            await to.ExecuteAsync("set local statement_timeout = 0", cancellationToken);
            var copied = new Dictionary<string, long>();
            foreach (var (table, columns) in _tables)
                copied[table] = await CopyAsync(from, to, table, columns, cancellationToken);
            // The numbers of the journal go on after the last one.
            await to.ExecuteAsync(
                "select setval(pg_get_serial_sequence('conference_journal', 'ordering'), max(ordering)) from conference_journal having max(ordering) is not null",
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return copied;
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            throw new StoreException($"nothing was copied: {exception.Message}", exception);
        }
    }

    private static async Task<long> CopyAsync(
        SqliteConnection from, NpgsqlConnection to, string table, string columns, CancellationToken cancellationToken)
    {
        if (await to.ScalarAsync($"select 1 from {table} limit 1", cancellationToken) is not null)
            throw new StoreException($"the PostgreSQL store already has rows in {table}: it must be empty");
        using var select = from.Command($"select {columns} from {table}");
        using var rows = select.ExecuteReader();
        // The server turns text into each column's type; bytes as PostgreSQL writes them.
        await using var copy = await to.BeginTextImportAsync($"copy {table} ({columns}) from stdin", cancellationToken);
        long count = 0;
        for (; rows.Read(); count++)
        {
            for (int i = 0; i < rows.FieldCount; i++)
            {
                if (i > 0)
                    await copy.WriteAsync('\t');
                await copy.WriteAsync(Text(rows.GetValue(i)));
            }

            await copy.WriteAsync('\n');
        }

        return count;
    }

    private static string Text(object value) => value switch
    {
        DBNull => "\\N",
        byte[] bytes => $"\\\\x{Convert.ToHexStringLower(bytes)}",
        string text => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
