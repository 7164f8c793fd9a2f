using Conference.Node.Settings;
using Conference.Node.Store;
using Conference.Store.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Store.Tests;

public sealed class PostgresStoreTests(PostgresServer server) : StoreSpecification
{
    private protected override Task<TestStore> CreateAsync() => TestStore.PostgresAsync(server);

    private protected override string Zeros => "'\\x0000000000'";

    [Fact]
    public async Task Three_nodes_that_start_at_once_on_an_empty_database_make_its_tables_once()
    {
        for (int i = 0; i < 5; i++)
        {
            await using var database = await TestStore.PostgresAsync(server);
            var stores = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(database.OpenAsync)));
            Assert.Equal(1L, Count(await database.QueryAsync("select count(*) from conference_store")));
            foreach (var store in stores)
                await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_store_of_the_first_engine_is_refused_in_words()
    {
        await using var database = await TestStore.PostgresAsync(server);
        await database.ExecuteAsync("create table event (pid text not null, seq bigint not null); create table migration (number int primary key)");
        var refusal = await Assert.ThrowsAsync<StoreException>(database.OpenAsync);
        Assert.Contains("version 0.1", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0L, Count(await database.QueryAsync("select count(*) from pg_tables where tablename like 'conference%'")));
    }

    [Fact]
    public async Task A_strangers_tables_are_nobodys_business()
    {
        await using var database = await TestStore.PostgresAsync(server);
        await database.ExecuteAsync("create table event (what text); create table journal (a int); create table snapshot (a int); create table tags (a int)");
        await using var store = await database.OpenAsync();
        await using var node = await TestSystem.StartAsync(store);
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=swordfish;Database=x", "cannot be used")]
    [InlineData("Hoost=1;Password=swordfish", "no connection string")]
    public async Task A_database_that_cannot_be_used_is_said_so_without_its_password(string connectionString, string words)
    {
        var refusal = await Assert.ThrowsAsync<StoreException>(
            () => ConferenceStore.OpenAsync(new StoreSettings("", connectionString), NullLoggerFactory.Instance));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_is_in_no_setting_of_the_actor_system()
    {
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await ConferenceStore.OpenAsync(
            new StoreSettings("", database.Location + ";Password=swordfish"), NullLoggerFactory.Instance);
        await using var node = await TestSystem.StartAsync(store);
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
        Assert.DoesNotContain("swordfish", node.System.Settings.ToString(), StringComparison.Ordinal);
    }
}
