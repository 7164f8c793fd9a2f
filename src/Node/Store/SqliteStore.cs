using System.Data.Common;
using System.Globalization;
using Conference.Actors.Cluster;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace Conference.Node.Store;

/// <summary>The embedded store: one file, one process.</summary>
internal sealed class SqliteStore : ConferenceStore
{
    private readonly SqliteFile _file;
    private int _checks;

    private SqliteStore(SqliteFile file) => _file = file;

    public override string Kind => "sqlite";

    // One writer, since SQLite has one; readers do not wait for it (anything but read-uncommitted takes the write lock to read).
    internal override string Hocon =>
        """
        akka.persistence.journal.sql { parallelism = 1, read-isolation-level = read-uncommitted }
        akka.persistence.snapshot-store.sql.read-isolation-level = read-uncommitted
        akka.persistence.query.journal.sql.read-isolation-level = read-uncommitted
        """;

    internal static async Task<ConferenceStore> OpenAsync(string path, ILogger log, CancellationToken cancellationToken)
    {
        var file = SqliteFile.Take(path);
        try
        {
            if (await Task.Run(() => file.PrepareAsync(cancellationToken), cancellationToken))
                StoreLog.Made(log, StoreSchema.Version);
            StoreLog.Opened(log, file.Path, StoreSchema.Version);
            return new SqliteStore(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal override DataOptions ConnectAs(IActingGuard guard) =>
        StoreConnections.Options(ProviderName.SQLiteMS, _file.ConnectionString, guard, SqliteFile.Full);

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    // Its calls block while the disk works, whatever they are named. What is read here, and the projection, which knows how far it is, lose nothing
    // that cannot be done again: no flush.
    private protected override Task<T> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            await using var connection = new SqliteConnection(_file.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync("pragma synchronous = normal; pragma busy_timeout = 3000", cancellationToken);
            return await work(connection, cancellationToken);
        },
        cancellationToken);

    private protected override async Task CheckAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        // A page is written, and not only thought of: a disk that is full is noticed by nothing less. An update to the value that is there would write none, so it is a
        // number that nobody reads, and another each time. It is not flushed.
        await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"pragma user_version = {Interlocked.Increment(ref _checks)}"), cancellationToken);
    }
}
