using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Node.Akka;
using Npgsql;

namespace Conference.Node.Tests.Akka.Support;

/// <summary>A PostgreSQL 15 of these tests' own, in a temporary folder, on a free port of loopback, as the postgres user where we are root.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"conference-pg-{Guid.NewGuid():N}");
    private int _databases;

    public int Port { get; } = FreePort();

    private string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        if (Environment.UserName == "root")
            await RunAsync("chown", "postgres", _folder);
        await RunAsPostgresAsync("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions");
        await StartAsync();
    }

    public Task StartAsync() => RunAsPostgresAsync(
        "pg_ctl", "-D", Data, "-w", "-t", "30", "-l", Path.Combine(_folder, "log"), "-o",
        string.Create(CultureInfo.InvariantCulture, $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c max_connections=200 -c fsync=off"),
        "start");

    /// <param name="mode">fast: sessions are ended. immediate: as a crash.</param>
    public Task StopAsync(string mode = "fast") => RunAsPostgresAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "-t", "30", "stop");

    /// <summary>A new database with the cluster's tables.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync("postgres", $"create database {name}");
        foreach (string statement in ClusterSchema.Statements)
            await ExecuteAsync(name, statement);
        return name;
    }

    /// <summary>The same database again, as a dump and a restore make it. Nobody may be connected to the original.</summary>
    public async Task<string> CopyDatabaseAsync(string original)
    {
        string copy = original + "copy";
        await ExecuteAsync("postgres", $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{original}'");
        await ExecuteAsync("postgres", $"create database {copy} template {original}");
        return copy;
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(database, Port) + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(database, Port) + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static string ConnectionString(string database, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};GSS Encryption Mode=Disable");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await StopAsync("immediate");
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task RunAsPostgresAsync(string binary, params string[] arguments) => Environment.UserName == "root"
        ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(Binaries, binary), .. arguments])
        : RunAsync(Path.Combine(Binaries, binary), arguments);

    private static async Task RunAsync(string file, params string[] arguments)
    {
        // Output goes nowhere: the server would inherit a pipe and keep it open.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (string argument in (string[])["-c", "exec \"$@\" >/dev/null 2>&1", "sh", file, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} failed with {process.ExitCode}");
    }
}
