using System.Collections.Concurrent;
using Conference.Node.Persistence.Sql;

namespace Conference.Node.Persistence.Sqlite;

/// <summary>Reads beside the writer, as WAL allows: a few connections, kept open. SQLite blocks its caller, so nobody calls it on a thread of theirs.</summary>
internal sealed class SqliteReader(SqliteFile file, int readers, ILogger log, StoreMetrics metrics) : StoreReader(log, metrics), IDisposable
{
    private readonly SemaphoreSlim _free = new(readers);
    private readonly ConcurrentBag<SqliteSession> _idle = [];

    protected override async ValueTask<SqlSession> OpenAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return _idle.TryTake(out var session) ? session : new SqliteSession(file.Open(readOnly: true), GiveBack);
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    protected override Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken) => Task.Run(read, cancellationToken);

    public void Dispose()
    {
        while (_idle.TryTake(out var session))
            session.Close();
        _free.Dispose();
    }

    private void GiveBack(SqliteSession session)
    {
        _idle.Add(session);
        _free.Release();
    }
}
