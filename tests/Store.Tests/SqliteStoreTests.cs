using System.Diagnostics;
using Conference.Node.Settings;
using Conference.Node.Store;
using Conference.Store.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Store.Tests;

public sealed class SqliteStoreTests : StoreSpecification
{
    private protected override Task<TestStore> CreateAsync() => Task.FromResult(TestStore.Sqlite());

    private protected override string Zeros => "x'0000000000'";

    [Fact]
    public async Task A_second_user_of_the_file_is_refused_in_words_and_the_first_goes_on()
    {
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync());
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Database.Location, refusal.Message, StringComparison.Ordinal);
        await using var node = await StartAsync();
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
    }

    [Fact]
    public async Task Another_process_that_has_the_file_keeps_it_until_it_is_killed()
    {
        await Store.DisposeAsync();
        using var other = Process.Start(new ProcessStartInfo("flock", ["-n", "-o", Database.Location + ".lock", "-c", "echo held; exec cat"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync());
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        other.Kill();
        await other.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Store = await Database.OpenAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_in_words()
    {
        string path = Database.Location + ".txt";
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("not a database\n", 100)));
        var refusal = await Assert.ThrowsAsync<StoreException>(() => ConferenceStore.OpenAsync(new StoreSettings(path, null), NullLoggerFactory.Instance));
        Assert.Contains("not a database", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_the_first_engine_is_refused_in_words_and_left_as_it_is()
    {
        string path = Database.Location + ".old";
        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "first-engine.sql"));
            command.ExecuteNonQuery();
        }

        var refusal = await Assert.ThrowsAsync<StoreException>(() => ConferenceStore.OpenAsync(new StoreSettings(path, null), NullLoggerFactory.Instance));
        Assert.Contains("version 0.1", refusal.Message, StringComparison.Ordinal);
        await using var left = new SqliteConnection($"Data Source={path};Pooling=false");
        left.Open();
        using var tables = left.CreateCommand();
        tables.CommandText = "select count(*) from sqlite_master where name like 'conference%'";
        Assert.Equal(0L, tables.ExecuteScalar());
    }
}
