using System.Diagnostics;
using Conference.Actors.Calls;
using Conference.Store.Tests.Support;

namespace Conference.Store.Tests;

/// <summary>What goes away and comes back: the database, and the room on the disk. Waits here are for real things.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>The service goes on so soon after the database is back: the breaker's 2 s, and a start of each entity.</summary>
    private static readonly TimeSpan _return = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task A_database_that_stops_and_starts_under_load_loses_nothing_it_acknowledged(string mode)
    {
        // A server of its own: the others must not see this one go.
        await using var server = new PostgresProcess();
        await server.InitializeAsync();
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        await using var node = await TestSystem.StartAsync(store);
        var load = new Load(node, 32);
        var running = load.Run();
        for (int i = 0; i < 2; i++)
        {
            await load.AwaitProgressAsync(200, _patience);
            await server.StopAsync(mode);
            await load.AwaitFailuresAsync(64, _patience);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CheckAsync());
            await server.StartAsync();
            await load.AwaitEachAsync(_return);
        }

        await load.AwaitProgressAsync(200, _patience);
        load.Stop();
        await running;
        await load.VerifyAsync(node);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_costs_each_asker_five_seconds_once_and_then_nothing()
    {
        await using var server = new PostgresProcess();
        await server.InitializeAsync();
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        await using var node = await TestSystem.StartAsync(store);
        var load = new Load(node, 64);
        var running = load.Run();
        await load.AwaitProgressAsync(200, _patience);
        await server.FreezeAsync();
        try
        {
            await load.AwaitFailuresAsync(64, _patience);
            Assert.InRange(load.Slowest, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        }
        finally
        {
            await server.ThawAsync();
        }

        await load.AwaitEachAsync(_return);
        await load.AwaitProgressAsync(200, _patience);
        load.Stop();
        await running;
        await load.VerifyAsync(node);
    }

    [Fact]
    public async Task Sessions_that_are_terminated_under_load_lose_nothing_that_was_acknowledged()
    {
        await using var server = new PostgresProcess();
        await server.InitializeAsync();
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        await using var node = await TestSystem.StartAsync(store);
        var load = new Load(node, 32);
        var running = load.Run();
        for (int i = 0; i < 20; i++)
        {
            await load.AwaitProgressAsync(50, _patience);
            await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'conference%'");
        }

        load.Stop();
        await running;
        await load.VerifyAsync(node);
    }

    [Fact]
    public async Task A_database_that_may_only_be_read_refuses_at_once_and_is_written_again_when_it_may()
    {
        await using var server = new PostgresProcess();
        await server.InitializeAsync();
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        await using var node = await TestSystem.StartAsync(store);
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
        await ReadOnlyAsync("on");
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAsync<NotStoredException>(() => node.StoreAsync("room/default/joe", Guid.NewGuid()));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CheckAsync());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"{clock.Elapsed}");
        Assert.Single(await node.ValuesAsync("room/default/joe"));
        await ReadOnlyAsync("off");
        await node.StoreSoonAsync("room/default/joe", StoringActor.EventOf(Guid.NewGuid()));
        await store.CheckAsync();

        async Task ReadOnlyAsync(string value)
        {
            string name = (string)(await database.QueryAsync("select current_database()"))!;
            await using var connection = new Npgsql.NpgsqlConnection(database.Location + ";Pooling=false;Options=-c default_transaction_read_only=off");
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand(
                $"alter database {name} set default_transaction_read_only = {value}; select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'conference%'",
                connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_at_once_and_is_written_again_when_there_is_room()
    {
        string folder = Directory.CreateTempSubdirectory("conference-full-").FullName;
        if (!await ShellAsync($"mount -t tmpfs -o size=64m tmpfs {folder}"))
            Assert.Skip("a tmpfs may not be mounted here");
        try
        {
            string ballast = Path.Combine(folder, "ballast");
            await using var database = TestStore.Sqlite(folder);
            await using (var store = await database.OpenAsync())
            await using (var node = await TestSystem.StartAsync(store))
            {
                var load = new Load(node, 16);
                var running = load.Run();
                await load.AwaitProgressAsync(100, _patience);
                await ShellAsync($"dd if=/dev/zero of={ballast} bs=4k");
                await load.AwaitFailuresAsync(64, _patience);
                Assert.InRange(load.Slowest, TimeSpan.Zero, TimeSpan.FromSeconds(4));
                File.Delete(ballast);
                await load.AwaitEachAsync(_return);
                await load.AwaitProgressAsync(100, _patience);
                load.Stop();
                await running;
                await load.VerifyAsync(node);
            }
        }
        finally
        {
            await ShellAsync($"umount -l {folder}");
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> ShellAsync(string command)
    {
        using var process = Process.Start("/bin/sh", ["-c", command + " 2>/dev/null"]);
        await process.WaitForExitAsync().WaitAsync(_patience);
        return process.ExitCode == 0;
    }
}
