using System.Diagnostics.Metrics;
using Conference.Node.Persistence.Postgres;
using Conference.Node.Persistence.Sqlite;
using Conference.Node.Settings;

namespace Conference.Node.Persistence;

/// <summary>Opens the store the settings name.</summary>
public static class StoreFactory
{
    /// <exception cref="StoreException">It cannot be used; the message says why.</exception>
    public static async Task<IConferenceStore> OpenAsync(
        StoreSettings settings, Meter meter, ILoggerFactory loggers, CancellationToken cancellationToken = default) =>
        settings.Postgres is { } postgres
            ? await PostgresStore.OpenAsync(postgres, new StoreOptions(), meter, loggers, cancellationToken)
            : await SqliteStore.OpenAsync(settings.Path, new StoreOptions(), meter, loggers, cancellationToken);
}
