using System.Data.Common;
using Conference.Node.Settings;
using Conference.Node.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Conference.Store.Tests.Support;

/// <summary>One empty database, which a store may open again and again, and a back door to its rows.</summary>
public abstract class TestStore : IAsyncDisposable
{
    public static TestStore Sqlite(string? folder = null) => new SqliteTestStore(folder);

    public static async Task<TestStore> PostgresAsync(PostgresProcess server) => new PostgresTestStore(await server.CreateDatabaseAsync());

    /// <summary>Where it is, as the store is told.</summary>
    public abstract string Location { get; }

    public abstract StoreSettings Settings { get; }

    /// <summary>So that nobody else can write to the journal until the connection is closed.</summary>
    public abstract Task<DbConnection> HoldAsync();

    public Task<ConferenceStore> OpenAsync() => ConferenceStore.OpenAsync(Settings, NullLoggerFactory.Instance);

    /// <summary>Past the store, on a connection of its own.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The same; the first value of the first row.</summary>
    public async Task<object?> QueryAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    public abstract ValueTask DisposeAsync();

    protected abstract DbConnection Connection();

    protected async Task<DbConnection> ConnectAsync()
    {
        var connection = Connection();
        await connection.OpenAsync();
        return connection;
    }

    protected async Task<DbConnection> HoldAsync(params string[] statements)
    {
        var connection = await ConnectAsync();
        foreach (string statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync();
        }

        return connection;
    }

    private sealed class SqliteTestStore(string? folder) : TestStore
    {
        private readonly string _folder = folder ?? Path.Combine(Path.GetTempPath(), $"conference-store-{Guid.NewGuid():N}");

        public override string Location => Path.Combine(_folder, "made", "conference.db");

        public override StoreSettings Settings => new(Location, null);

        public override Task<DbConnection> HoldAsync() => HoldAsync("begin immediate");

        protected override DbConnection Connection() => new SqliteConnection($"Data Source={Location};Pooling=false");

        public override ValueTask DisposeAsync()
        {
            if (folder is null && Directory.Exists(_folder))
                Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresTestStore(string connectionString) : TestStore
    {
        public override string Location => connectionString;

        public override StoreSettings Settings => new("", Location);

        public override Task<DbConnection> HoldAsync() => HoldAsync("begin", "lock table conference_journal in share row exclusive mode");

        protected override DbConnection Connection() => new NpgsqlConnection(connectionString + ";Pooling=false");

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
