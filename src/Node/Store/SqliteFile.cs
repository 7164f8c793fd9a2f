using Microsoft.Data.Sqlite;

namespace Conference.Node.Store;

/// <summary>
/// The database file, and the right to be the only process that uses it: a lock on the file beside it, which ends with the
/// process however that ends.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    /// <summary>FULL: what was acknowledged is on the disk, not only out of the process.</summary>
    internal const string Full = "pragma synchronous = full; pragma busy_timeout = 3000; pragma journal_size_limit = 67108864";

    private readonly FileStream _lock;

    private SqliteFile(string path, FileStream @lock)
    {
        (Path, _lock) = (path, @lock);
        ConnectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 3 }.ConnectionString;
    }

    internal string Path { get; }

    internal string ConnectionString { get; }

    /// <exception cref="StoreException">Another process has it, or it cannot be made.</exception>
    internal static SqliteFile Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (System.IO.Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
            throw new StoreException($"the store {path} is a folder: Store:Path must name a file in it");
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the folder of the store {path} cannot be made: {exception.Message}", exception);
        }

        try
        {
            return new SqliteFile(path, new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StoreException($"the store {path} may not be written: {exception.Message}", exception);
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            throw new StoreException(
                $"the store {path} is in use by another process: stop that one, or give this one a Store:Path of its own", exception);
        }
        catch (IOException exception)
        {
            // A disk that is full or may only be read, a name too long, a folder by that name.
            throw new StoreException($"the store {path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Another process has the lock: EWOULDBLOCK of flock, and Windows' sharing violation.</summary>
    private static bool IsHeld(IOException exception) =>
        (exception.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    /// <summary>Its mode, which is the file's and stays, and its tables.</summary>
    /// <returns>Whether they had to be made.</returns>
    /// <exception cref="StoreException">No database, of the first engine, or of a newer version.</exception>
    internal async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new SqliteConnection(ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync("pragma journal_mode = wal", cancellationToken);
            await connection.ExecuteAsync(Full, cancellationToken);
            await using var transaction = connection.BeginTransaction(deferred: false);
            bool isMade = await SqliteSchema.Instance.MakeAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return isMade;
        }
        catch (SqliteException exception)
        {
            throw new StoreException($"the store {Path} cannot be used: {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        // Pooled connections would keep the file open.
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        _lock.Dispose();
    }
}
