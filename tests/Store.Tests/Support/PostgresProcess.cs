using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Conference.Store.Tests.Support;

/// <summary>
/// A PostgreSQL 15 of our own: in a temporary folder, on a free port of loopback, as the postgres user where we are root.
/// It flushes like a real one, since that is what is tested.
/// </summary>
public class PostgresProcess : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"conference-pg-{Guid.NewGuid():N}");
    private readonly int _port = FreePort();
    private int _databases;

    /// <summary>Where it listens, comma separated. Beyond loopback it lets everybody in.</summary>
    public string Addresses { get; init; } = "127.0.0.1";

    public int Port => _port;

    private string Data => Path.Combine(_folder, "data");

    private string Log => Path.Combine(_folder, "log");

    /// <summary>Makes the server's files and starts it.</summary>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        if (Environment.UserName == "root")
            await RunAsync("chown", "postgres", _folder);
        await RunAsPostgresAsync("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions");
        await File.AppendAllTextAsync(Path.Combine(Data, "pg_hba.conf"), "host all all all trust\n");
        await StartAsync();
    }

    /// <summary>Its files as they are now, and another server on them: as from a backup of the disk. Its databases think they are this one's.</summary>
    public async Task<PostgresProcess> CopyAsync()
    {
        var copy = new PostgresProcess();
        Directory.CreateDirectory(copy._folder);
        if (Environment.UserName == "root")
            await RunAsync("chown", "postgres", copy._folder);
        await RunAsPostgresAsync(
            "pg_basebackup", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", "-D", copy.Data, "-c", "fast", "--no-sync");
        await copy.StartAsync();
        return copy;
    }

    /// <summary>A new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres") + ";Pooling=false");
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public Task StartAsync() => RunAsPostgresAsync(
        "pg_ctl", "-D", Data, "-w", "-t", "30", "-l", Log, "-o",
        string.Create(CultureInfo.InvariantCulture, $"-p {_port} -c listen_addresses={Addresses} -c unix_socket_directories={_folder} -c max_connections=200 -c track_commit_timestamp=on"),
        "start");

    /// <param name="mode">fast: sessions are ended. immediate: as a crash.</param>
    public Task StopAsync(string mode = "fast") => RunAsPostgresAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "-t", "30", "stop");

    /// <summary>All its processes stand still, as on a host that swaps or whose disk does not answer.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>What the server has complained of.</summary>
    public Task<string> ReadLogAsync() => File.ReadAllTextAsync(Log);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        NpgsqlConnection.ClearAllPools();
        await StopAsync("immediate");
        Directory.Delete(_folder, recursive: true);
    }

    private Task SignalAsync(string signal) => RunAsync(
        "/bin/sh", "-c", $"p=$(head -1 {Data}/postmaster.pid); kill -{signal} $p $(ps -o pid= --ppid $p)");

    private string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database}");

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
