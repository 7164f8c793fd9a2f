using System.Diagnostics;
using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Actors.Users;
using Conference.Node.ReadModel;
using Conference.Store.Tests.Support;
using Npgsql;

namespace Conference.Store.Tests;

public sealed class PostgresReadModelTests(PostgresServer server) : ReadModelSpecification
{
    private const string Insert =
        "insert into conference_journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) select created, false, 'user/default/late', 1, message, manifest, identifier from conference_journal limit 1";

    private protected override Task<TestStore> CreateAsync() => TestStore.PostgresAsync(server);

    [Fact]
    public async Task Numbers_that_failed_writes_burnt_hold_nothing_up()
    {
        await AddAccountAsync("joe");
        for (int i = 0; i < 5; i++)
        {
            await Database.ExecuteAsync($"begin; {Insert}; rollback");
            var clock = Stopwatch.StartNew();
            await AddAccountAsync($"a{i}");
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"{clock.Elapsed}");
        }
    }

    [Fact]
    public async Task A_number_that_is_still_on_its_way_is_waited_for()
    {
        await AddAccountAsync("joe");
        await using var connection = new NpgsqlConnection(Database.Location);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand(Insert, connection))
            await command.ExecuteNonQueryAsync();
        long stored = await Node.System.StoreAsync("user/default/ann", new UserEvent.AccountCreated("hash", CommandId.New()));
        Assert.False(await Node.Models.PassedAsync("user/default/ann", stored, TimeSpan.FromSeconds(1)));
        await transaction.CommitAsync();
        Assert.True(await Node.Models.PassedAsync("user/default/ann", stored, TimeSpan.FromSeconds(2)));
        // It was read: as another's row, it is counted as damaged.
        Assert.Contains("conference_projection_skipped_total{projection=\"test\"} 1", await Node.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_read_models_go_on_after_the_database_was_away()
    {
        await using var own = new PostgresProcess();
        await own.InitializeAsync();
        await using var database = await TestStore.PostgresAsync(own);
        await using var store = await database.OpenAsync();
        await using var node = await ReadModelNode.StartAsync(store);
        await node.AddAsync("user/default/joe", new UserEvent.AccountCreated("hash", CommandId.New()));
        await own.StopAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => node.Models.ListAsync(DirectoryKind.User, null, 9));
        await Task.Delay(1000);
        await own.StartAsync();
        await node.AddAsync("user/default/ann", new UserEvent.AccountCreated("hash", CommandId.New()));
        Assert.Equal(2, (await node.Models.ListAsync(DirectoryKind.User, null, 9)).Entries.Count);
        Assert.Contains("conference_projection_failures_total{projection=\"test\"}", await node.MetricsAsync(), StringComparison.Ordinal);
    }

    private Task AddAccountAsync(string name) => Node.AddAsync($"user/default/{name}", new UserEvent.AccountCreated("hash", CommandId.New()));
}
