using Conference.Integration.Tests.Calls;
using Conference.Store.Tests.Support;

namespace Conference.Integration.Tests.Durability;

/// <summary>The commands of docs/operating.md, tried: a backup made while the node runs, restored for another one.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("conference-backup-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_sqlite_store_is_backed_up_while_it_runs_and_restored_by_copying()
    {
        string live = Path.Combine(_folder, "live.db"), backup = Path.Combine(_folder, "backup.db"), restored = Path.Combine(_folder, "restored.db");
        await MakeAndBackUpAsync($"Store:Path={live}", () => RunAsync("sqlite3", live, $".backup '{backup}'"));

        File.Copy(backup, restored);

        await CheckAsync($"Store:Path={restored}");
    }

    [Fact]
    public async Task A_postgres_store_is_backed_up_while_it_runs_and_restored_into_an_empty_database()
    {
        await using var postgres = new PostgresProcess();
        await postgres.InitializeAsync();
        string live = await postgres.CreateDatabaseAsync(), restored = await postgres.CreateDatabaseAsync(), dump = Path.Combine(_folder, "backup.sql");
        await MakeAndBackUpAsync(
            $"Store:Postgres={live}", () => RunAsync("pg_dump", "--no-owner", "--file", dump, Uri(live)));

        await RunAsync("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", dump, Uri(restored));

        await CheckAsync($"Store:Postgres={restored}");
    }

    [Fact]
    public async Task A_sqlite_store_moves_to_postgres()
    {
        await using var postgres = new PostgresProcess();
        await postgres.InitializeAsync();
        string live = Path.Combine(_folder, "live.db"), target = await postgres.CreateDatabaseAsync();
        await MakeAndBackUpAsync($"Store:Path={live}", () => Task.CompletedTask);

        await RunAsync("dotnet", RepositoryPaths.Node, "--migrate-store", $"--Store:Path={live}", $"--Store:Postgres={target}");

        await CheckAsync($"Store:Postgres={target}");
    }

    private static async Task MakeAndBackUpAsync(string store, Func<Task> backUp)
    {
        await using var node = await NodeProcess.StartAsync(store, $"Http:AdminToken={AdminClient.Token}");
        using var admin = new AdminClient(node);
        Assert.Equal(201, (await admin.PutAsync("users/joe", """{"password":"open sesame"}""")).Status);
        Assert.Equal(200, (await admin.PutAsync("rooms/board", """{"maxMembers":7,"locked":true}""")).Status);
        await using (var client = await TestClient.ConnectAsync(node))
        {
            await client.ConnAsync("video", "standup@127.0.0.1");
            await client.ExpectAsync("DCON video standup@127.0.0.1", "304 video disconnected");
        }

        await backUp();
    }

    private static async Task CheckAsync(string store)
    {
        await using var node = await NodeProcess.StartAsync(store, $"Http:AdminToken={AdminClient.Token}");
        using var admin = new AdminClient(node);
        Assert.True((await admin.GetAsync("users/joe")).Body.GetProperty("account").GetBoolean());
        var room = (await admin.GetAsync("rooms/board")).Body;
        Assert.Equal((7, true), (room.GetProperty("maxMembers").GetInt32(), room.GetProperty("locked").GetBoolean()));
        var call = Assert.Single((await admin.GetAsync("calls?room=standup")).Body.GetProperty("items").EnumerateArray());
        Assert.Equal("left", call.GetProperty("end").GetString());
    }

    private static string Uri(string connectionString)
    {
        var parts = new Npgsql.NpgsqlConnectionStringBuilder(connectionString);
        return $"postgresql://{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var (exitCode, output, error) = await QcvcProcess.RunProgramAsync(_limit, program, arguments);
        Assert.True(exitCode == 0, $"{program}: exit code {exitCode}\n{output}\n{error}");
    }
}
