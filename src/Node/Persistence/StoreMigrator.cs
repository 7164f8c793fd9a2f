using System.Data.Common;
using Conference.Node.Persistence.Postgres;
using Conference.Node.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conference.Node.Persistence;

/// <summary>
/// Copies everything from a SQLite file that no node uses to a PostgreSQL that has nothing yet: rows as they are, checksums
/// with them, in one transaction. Made again after a failure, it starts from the beginning.
/// </summary>
public static class StoreMigrator
{
    /// <summary>Names and types are this class's own: what is copied is what both schemas have at this version.</summary>
    private static readonly (string Table, string Columns)[] Tables =
    [
        ("event", "pid, seq, payload, checksum, at, shard, epoch"),
        ("snapshot", "pid, seq, payload, checksum, at"),
        ("directory", "kind, name, details"),
        ("call", "id, room, member, session, services, node, started, ended, ending, bytes_in, bytes_out, packets_in, packets_out"),
    ];

    /// <param name="sqlitePath">From where. Left as it is.</param>
    /// <param name="postgres">To where: a connection string.</param>
    /// <param name="log">Told of schema steps.</param>
    /// <param name="cancellationToken">Gives up; nothing is copied then.</param>
    /// <returns>Rows copied, by table.</returns>
    /// <exception cref="StoreException">One of the two cannot be used, or the target is not empty.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> CopyAsync(
        string sqlitePath, string postgres, ILogger log, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(sqlitePath))
            throw new StoreException($"there is no store {sqlitePath} to copy");
        using var file = SqliteFile.Take(sqlitePath);
        try
        {
            using var from = file.Open(readOnly: false);
            SqliteMigrations.Run(from, log);
            await using var source = NpgsqlDataSource.Create(postgres);
            await PostgresMigrations.RunAsync(source, log, cancellationToken);
            await using var to = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await to.BeginTransactionAsync(cancellationToken);
            var copied = new Dictionary<string, long>();
            foreach (var (table, columns) in Tables)
                copied[table] = await CopyAsync(from, to, table, columns, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return copied;
        }
        catch (Exception exception) when (exception is DbException or ArgumentException or TimeoutException)
        {
            throw new StoreException($"nothing was copied: {exception.Message}", exception);
        }
    }

#pragma warning disable CA2100 // Tables and columns are constants of this class.
    private static async Task<long> CopyAsync(
        SqliteConnection from, NpgsqlConnection to, string table, string columns, CancellationToken cancellationToken)
    {
        await using (var any = new NpgsqlCommand($"select exists (select 1 from {table})", to))
        {
            if (await any.ExecuteScalarAsync(cancellationToken) is true)
                throw new StoreException($"the PostgreSQL store already has rows in {table}: it must be empty");
        }
        using var select = from.CreateCommand();
        select.CommandText = $"select {columns} from {table}";
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
#pragma warning restore CA2100

    private static string Text(object value) => value switch
    {
        DBNull => "\\N",
        byte[] bytes => $"\\\\x{Convert.ToHexStringLower(bytes)}",
        string text => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
