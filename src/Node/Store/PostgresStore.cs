using System.Data.Common;
using Conference.Actors.Cluster;
using Conference.Node.Akka;
using LinqToDB;
using Npgsql;

namespace Conference.Node.Store;

/// <summary>The store of a cluster.</summary>
internal sealed class PostgresStore : ConferenceStore
{
    /// <summary>Names the advisory lock under which one node at a time makes tables. Any number no other lock of ours has.</summary>
    private const long SchemaLock = 0x636F_6E66_6572;

    /// <summary>What the journal writes on at once, and entities are recovered on; then what read models are read and written on.</summary>
    private const int JournalConnections = 16, ReadModelConnections = 6;

    private readonly NpgsqlDataSource _source;
    private readonly string _journal;

    private PostgresStore(NpgsqlDataSource source, string journal) => (_source, _journal) = (source, journal);

    public override string Kind => "postgres";

    internal override string Hocon => "akka.persistence.journal.sql.parallelism = 3";

    internal static async Task<ConferenceStore> OpenAsync(string connectionString, ILogger log, CancellationToken cancellationToken)
    {
        var source = Source(connectionString);
        ReserveThreads();
        try
        {
            if (await MakeAsync(source, cancellationToken))
                StoreLog.Made(log, StoreSchema.Version);
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            StoreLog.Opened(log, $"PostgreSQL, {settings.Host}/{settings.Database}", StoreSchema.Version);
            return new PostgresStore(source, Complete(connectionString, "conference journal", JournalConnections));
        }
        catch (Exception exception)
        {
            await source.DisposeAsync();
            if (exception is NpgsqlException or TimeoutException)
                throw new StoreException($"the PostgreSQL store cannot be used: {exception.Message}", exception);
            throw;
        }
    }

    /// <summary>Whether there are tables of a store.</summary>
    /// <exception cref="StoreException">The database cannot be asked.</exception>
    internal static async Task<bool> IsMadeAsync(string connectionString)
    {
        await using var source = Source(connectionString);
        try
        {
            await using var command = source.CreateCommand("select to_regclass('conference_store') is not null");
            return await command.ExecuteScalarAsync() is true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw new StoreException($"the PostgreSQL store cannot be used: {exception.Message}", exception);
        }
    }

    /// <exception cref="StoreException">No connection string.</exception>
    internal static NpgsqlDataSource Source(string connectionString)
    {
        try
        {
            return NpgsqlDataSource.Create(Complete(connectionString, "conference read models", ReadModelConnections));
        }
        catch (ArgumentException exception)
        {
            throw new StoreException("Store:Postgres is no connection string of PostgreSQL's", exception);
        }
    }

    /// <summary>The store's tables and the cluster's, in one transaction, while no other node does the same.</summary>
    /// <returns>Whether the store's had to be made.</returns>
    internal static async Task<bool> MakeAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("set local statement_timeout = '60s'", cancellationToken);
        await connection.ExecuteAsync(FormattableString.Invariant($"select pg_advisory_xact_lock({SchemaLock})"), cancellationToken);
        bool isMade = await PostgresSchema.Instance.MakeAsync(connection, cancellationToken);
        foreach (string statement in ClusterSchema.Statements)
            await connection.ExecuteAsync(statement, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return isMade;
    }

    internal override DataOptions ConnectAs(IActingGuard guard) => StoreConnections.Options(ProviderName.PostgreSQL15, _journal, guard, pragmas: null);

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await using var connection = new NpgsqlConnection(_journal);
        NpgsqlConnection.ClearPool(connection);
    }

    private protected override async Task<T> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await work(connection, cancellationToken);
    }

    private protected override async Task CheckAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        // Refused where the server, or the session, may only read. The row is one that nobody else locks.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("insert into conference_store values (0)", cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
    }

    /// <summary>
    /// Npgsql asks a server that does not answer to stop by a call that blocks for seconds. On two cores three of those take every thread the pool has at
    /// once, and with them the timer of the journal's breaker: callers were answered after 9 s instead of 5.
    /// </summary>
    private static void ReserveThreads()
    {
        const int most = JournalConnections + ReadModelConnections + 2;
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, most), completions);
    }

    private static string Complete(string connectionString, string name, int connections)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.ApplicationName ??= name;
        builder.MaxPoolSize = Math.Min(builder.MaxPoolSize, connections);
        // Nothing is ever set on a session, so there is nothing to reset.
        builder.NoResetOnClose = true;
        (builder.Timeout, builder.CommandTimeout) = (2, 3);
        // The same few statements all day: the server parses and plans each once for a connection.
        (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (50, 2);
        // A server that does not answer does not answer a request to stop, either: the connection is given up without waiting for another 2 s.
        builder.CancellationTimeout = -1;
        // A node that stands still inside a transaction must not keep its locks, nor go on with it when it wakes.
        builder.Options =
            $"{builder.Options} -c statement_timeout=3000 -c idle_in_transaction_session_timeout=2000 -c synchronous_commit=on".Trim();
        return builder.ConnectionString;
    }
}
