using System.Data.Common;
using System.Diagnostics.Metrics;
using Conference.Node.Persistence;
using Conference.Node.Persistence.Postgres;
using Conference.Node.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Conference.Persistence.Tests.Support;

/// <summary>One empty database, which a store may open again and again, and a back door to its rows.</summary>
public abstract class TestStore : IAsyncDisposable
{
    private readonly Meter _meter = new("test");

    public static TestStore Sqlite() => new SqliteTestStore();

    public static async Task<TestStore> PostgresAsync(PostgresProcess server) => new PostgresTestStore(await server.CreateDatabaseAsync());

    public Task<IConferenceStore> OpenAsync(StoreOptions? options = null) => OpenAsync(options ?? new StoreOptions(), _meter);

    /// <summary>Past the store, on a connection of its own.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The same; the first value of the first row.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public virtual ValueTask DisposeAsync()
    {
        _meter.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Where it is, as the store is told.</summary>
    public abstract string Location { get; }

    protected abstract Task<IConferenceStore> OpenAsync(StoreOptions options, Meter meter);

    protected abstract DbConnection Connect();

    private sealed class SqliteTestStore : TestStore
    {
        private readonly string _folder = Path.Combine(Path.GetTempPath(), $"conference-store-{Guid.NewGuid():N}");

        public override string Location => Path.Combine(_folder, "made", "conference.db");

        protected override async Task<IConferenceStore> OpenAsync(StoreOptions options, Meter meter) =>
            await SqliteStore.OpenAsync(Location, options, meter, NullLoggerFactory.Instance);

        protected override DbConnection Connect() => new SqliteConnection($"Data Source={Location};Pooling=false");

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (Directory.Exists(_folder))
                Directory.Delete(_folder, recursive: true);
        }
    }

    private sealed class PostgresTestStore(string connectionString) : TestStore
    {
        public override string Location => connectionString;

        protected override async Task<IConferenceStore> OpenAsync(StoreOptions options, Meter meter) =>
            await PostgresStore.OpenAsync(connectionString, options, meter, NullLoggerFactory.Instance);

        protected override DbConnection Connect() => new NpgsqlConnection(connectionString + ";Pooling=false");
    }
}
