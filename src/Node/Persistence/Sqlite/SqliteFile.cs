using Microsoft.Data.Sqlite;

namespace Conference.Node.Persistence.Sqlite;

/// <summary>
/// The database file, and the right to be the only process that uses it: a lock on the file beside it, which ends with the
/// process however that ends.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly FileStream _lock;

    private SqliteFile(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    internal string Path { get; }

    /// <exception cref="StoreException">Another process has it, or it cannot be made.</exception>
    internal static SqliteFile Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
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
        catch (IOException exception)
        {
            throw new StoreException(
                $"the store {path} is in use by another process: stop that one, or give this one a Store:Path of its own", exception);
        }
    }

    internal SqliteConnection Open(bool readOnly)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            // Kept open by their owners, with what they have prepared.
            Pooling = false,
            DefaultTimeout = 3,
        }.ConnectionString);
        try
        {
            connection.Open();
            // FULL: what was acknowledged is on the disk, not only out of the process.
            SqliteMigrations.Execute(connection, readOnly
                ? "pragma query_only = on"
                : "pragma journal_mode = wal; pragma synchronous = full; pragma journal_size_limit = 67108864");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();
}
