using System.Diagnostics.Metrics;
using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;
using Microsoft.Data.Sqlite;

namespace Conference.Node.Persistence.Sqlite;

/// <summary>The embedded store: one file, one process, one writer.</summary>
public sealed class SqliteStore : IConferenceStore
{
    private readonly SqliteFile _file;
    private readonly StoreMetrics _metrics;
    private readonly ILogger _log;
    private readonly WriteQueue _queue;
    private readonly SqliteReader _reader;
    private readonly Lock _writing = new();
    private readonly Task _loop;
    private SqliteWriter? _writer;
    private bool _isFailing;

    private SqliteStore(SqliteFile file, SqliteConnection connection, StoreOptions options, Meter meter, ILogger log)
    {
        _file = file;
        _log = log;
        _queue = new WriteQueue(options);
        _metrics = new StoreMetrics(meter, "sqlite", () => _queue.Depth, options.QueueCapacity);
        _reader = new SqliteReader(file, options.Readers, log, _metrics);
        Use(connection);
        // SQLite blocks while the disk works; that must not be a thread of the pool.
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <param name="path">The file; its folder is made.</param>
    /// <param name="options">How it paces itself.</param>
    /// <param name="meter">Where it counts.</param>
    /// <param name="loggers">Where it reports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">In use, of a newer version, or no database.</exception>
    public static Task<SqliteStore> OpenAsync(
        string path, StoreOptions options, Meter meter, ILoggerFactory loggers, CancellationToken cancellationToken = default) => Task.Run(() =>
    {
        var log = loggers.CreateLogger<SqliteStore>();
        var file = SqliteFile.Take(path);
        SqliteConnection? connection = null;
        try
        {
            connection = file.Open(readOnly: false);
            StoreLog.Opened(log, file.Path, SqliteMigrations.Run(connection, log));
            return new SqliteStore(file, connection, options, meter, log);
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            file.Dispose();
            if (exception is SqliteException)
                throw new StoreException($"the store {file.Path} cannot be used: {exception.Message}", exception);
            throw;
        }
    }, cancellationToken);

    public Task AppendAsync(JournalWrite write, CancellationToken cancellationToken = default) =>
        _queue.AddAsync(write, _metrics, cancellationToken);

    public IAsyncEnumerable<JournalRow> ReplayAsync(
        PersistenceId persistenceId, long fromSequenceNr, CancellationToken cancellationToken = default) =>
        _reader.ReplayAsync(persistenceId, fromSequenceNr, cancellationToken);

    public Task SaveSnapshotAsync(PersistenceId persistenceId, JournalRow snapshot, int keep, CancellationToken cancellationToken = default) =>
        WriteAsync(writer => writer.SaveSnapshot(persistenceId, snapshot, keep), cancellationToken);

    public Task<JournalRow?> LoadSnapshotAsync(
        PersistenceId persistenceId, long maxSequenceNr = long.MaxValue, CancellationToken cancellationToken = default) =>
        _reader.SnapshotAsync(persistenceId, maxSequenceNr, cancellationToken);

    public Task DeleteSnapshotsAsync(PersistenceId persistenceId, long maxSequenceNr, CancellationToken cancellationToken = default) =>
        WriteAsync(writer => writer.DeleteSnapshots(persistenceId, maxSequenceNr), cancellationToken);

    public Task<DirectoryEntry?> FindAsync(DirectoryKind kind, Name name, CancellationToken cancellationToken = default) =>
        _reader.FindAsync(kind, name, cancellationToken);

    public Task<DirectoryPage> ListAsync(DirectoryKind kind, string? after, int limit, CancellationToken cancellationToken = default) =>
        _reader.ListAsync(kind, after, limit, cancellationToken);

    public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default) =>
        _reader.CallsAsync(query, cancellationToken);

    public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken = default) =>
        WriteAsync(writer => writer.DeleteCalls(CallCursor.Micros(time)), cancellationToken);

    /// <summary>Writes what is waiting, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        await _loop;
        _reader.Dispose();
        _writer?.Dispose();
        _file.Dispose();
    }

    private void Run()
    {
        var batch = new List<PendingWrite>();
        while (Wait())
        {
            _queue.Take(batch, _metrics);
            if (batch.Count == 0)
                continue;
            lock (_writing)
                CommitBatch(batch);
        }

        bool Wait()
        {
            var wait = _queue.WaitAsync();
            return wait.IsCompleted ? wait.Result : wait.AsTask().GetAwaiter().GetResult();
        }
    }

    private void CommitBatch(List<PendingWrite> batch)
    {
        var accepted = new bool[batch.Count];
        try
        {
            InTransaction(writer =>
            {
                for (int i = 0; i < batch.Count; i++)
                    accepted[i] = writer.Append(batch[i].Write);
                return 0;
            });
        }
        catch (JournalUnavailableException exception)
        {
            foreach (var pending in batch)
                pending.Fail(_metrics, exception);
            return;
        }
        _metrics.Committed(batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            if (accepted[i])
                batch[i].Succeed(_metrics);
            else
                batch[i].Fail(_metrics, new JournalConflictException(batch[i].Write.PersistenceId, batch[i].Write.FirstSequenceNr));
        }
    }

    private Task<T> WriteAsync<T>(Func<SqliteWriter, T> write, CancellationToken cancellationToken) => Task.Run(() =>
    {
        lock (_writing)
            return InTransaction(write);
    }, cancellationToken);

    /// <summary>Everything or nothing; a connection that failed is replaced, since nobody knows what state it is in.</summary>
    private T InTransaction<T>(Func<SqliteWriter, T> write)
    {
        bool isCommitting = false;
        try
        {
            if (_writer is null)
                Use(_file.Open(readOnly: false));
            _writer!.Begin();
            T result = write(_writer);
            isCommitting = true;
            _writer.Commit();
            if (_isFailing)
                StoreLog.Recovered(_log);
            _isFailing = false;
            return result;
        }
        catch (Exception exception)
        {
            _writer?.RollBack();
            _writer?.Dispose();
            _writer = null;
            if (!_isFailing)
                StoreLog.WritesFailed(_log, exception);
            _isFailing = true;
            const int full = 13;
            throw new JournalUnavailableException(
                exception is SqliteException { SqliteErrorCode: full } ? "the store's disk is full" : "the store cannot be written: try again", exception, isCommitting);
        }
    }

    private void Use(SqliteConnection connection) => _writer = new SqliteWriter(new SqliteSession(connection), TimeProvider.System);
}
