using System.Data.Common;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Node.Settings;
using LinqToDB;

namespace Conference.Node.Store;

/// <summary>
/// Everything durable of a node (SQLite) or of a cluster (PostgreSQL): the tables of Akka.Persistence.Sql and those of the read models. Opened before
/// the actor system starts, and disposed after it has ended.
/// </summary>
public abstract class ConferenceStore : IAsyncDisposable
{
    /// <summary>What a metric's <c>store</c> label says: <c>sqlite</c>, <c>postgres</c>.</summary>
    public abstract string Kind { get; }

    /// <param name="settings">Which of the two, and where.</param>
    /// <param name="loggers">Where it reports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">In use by another process, not reachable, of the first engine or of a newer version.</exception>
    public static Task<ConferenceStore> OpenAsync(StoreSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var log = loggers.CreateLogger<ConferenceStore>();
        return settings.Postgres is { } connectionString
            ? PostgresStore.OpenAsync(connectionString, log, cancellationToken)
            : SqliteStore.OpenAsync(settings.Path, log, cancellationToken);
    }

    /// <summary>Whether something could be stored now. Changes nothing.</summary>
    /// <exception cref="StoreUnavailableException">It could not.</exception>
    public Task CheckAsync(CancellationToken cancellationToken = default) => UseAsync(
        async (connection, token) =>
        {
            await CheckAsync(connection, token);
            return true;
        },
        cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>How Akka.Persistence.Sql connects.</summary>
    /// <param name="guard">Asked where a connection opens, and around every write.</param>
    internal abstract DataOptions ConnectAs(IActingGuard guard);

    /// <summary>What Akka.Persistence.Sql is told beside what both databases have in common.</summary>
    internal abstract string Hocon { get; }

    /// <summary>
    /// The work on a connection of its own, on another thread than the caller's where the database blocks that. A connection out of the pool may be
    /// one that the server has ended meanwhile: then it is done once more, so it must be what may be done twice.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database is away, full, locked, or may only be read.</exception>
    internal async Task<T> UseAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (bool isAgain = false; ; isAgain = true)
        {
            try
            {
                return await RunAsync(work, cancellationToken);
            }
            catch (DbException exception) when (!isAgain && IsLostConnection(exception))
            {
            }
            catch (Exception exception) when (exception is DbException or TimeoutException or IOException)
            {
                throw new StoreUnavailableException("the store is away: try again", exception);
            }
        }
    }

    private protected abstract Task<T> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    private protected abstract Task CheckAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>57P: the server ended the session. A connection that broke is transient, and a timeout, which is not worth another.</summary>
    private static bool IsLostConnection(DbException exception) =>
        exception.SqlState?.StartsWith("57P", StringComparison.Ordinal) == true || (exception.IsTransient && exception.InnerException is IOException);
}
