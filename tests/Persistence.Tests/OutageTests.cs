using Conference.Node.Persistence;
using Conference.Node.Persistence.Sqlite;
using Conference.Persistence.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Persistence.Tests;

/// <summary>What goes away and comes back: the database, and the room on the disk. Waits here are for real things.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task A_database_that_stops_and_starts_under_load_loses_nothing_it_acknowledged(string mode)
    {
        // A server of its own: the others must not see this one go.
        await using var server = new PostgresProcess();
        await server.InitializeAsync();
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync(new StoreOptions { WriteDeadline = TimeSpan.FromSeconds(1) });
        var load = new Load(store, 32);
        var running = load.Run();
        for (int i = 0; i < 2; i++)
        {
            await load.AwaitProgressAsync(500, Patience);
            await server.StopAsync(mode);
            await load.AwaitFailuresAsync(32, Patience);
            await server.StartAsync();
        }
        await load.AwaitProgressAsync(500, Patience);
        load.Stop();
        await running;
        await load.VerifyAsync(store);
    }

    [Fact]
    public async Task Sessions_that_are_terminated_under_load_lose_nothing_that_was_acknowledged()
    {
        await using var server = new PostgresProcess();
        await server.InitializeAsync();
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        var load = new Load(store, 32);
        var running = load.Run();
        for (int i = 0; i < 20; i++)
        {
            await load.AwaitProgressAsync(50, Patience);
            await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'conference-store'");
        }
        load.Stop();
        await running;
        await load.VerifyAsync(store);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_in_words_and_is_written_again_when_there_is_room()
    {
        string folder = Directory.CreateTempSubdirectory("conference-full-").FullName;
        if (!await ShellAsync($"mount -t tmpfs -o size=4m tmpfs {folder}"))
            Assert.Skip("a tmpfs may not be mounted here");
        try
        {
            using var meter = new System.Diagnostics.Metrics.Meter("test");
            string ballast = Path.Combine(folder, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[1 << 20]);
            await using var store = await SqliteStore.OpenAsync(
                Path.Combine(folder, "conference.db"), new StoreOptions(), meter, NullLoggerFactory.Instance);
            var load = new Load(store, 16);
            var running = load.Run();
            // Until the disk is full, by other entities' large events.
            var full = await Assert.ThrowsAsync<Actors.Persistence.JournalUnavailableException>(async () =>
            {
                for (int i = 1; ; i++)
                    await store.AppendAsync("large", i, new string('x', 50_000));
            });
            Assert.Contains("disk is full", full.Message, StringComparison.Ordinal);
            await load.AwaitFailuresAsync(16, Patience);
            File.Delete(ballast);
            await load.AwaitProgressAsync(100, Patience);
            load.Stop();
            await running;
            await load.VerifyAsync(store);
        }
        finally
        {
            await ShellAsync($"umount -l {folder}");
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> ShellAsync(string command)
    {
        using var process = System.Diagnostics.Process.Start("/bin/sh", ["-c", command + " 2>/dev/null"]);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode == 0;
    }
}
