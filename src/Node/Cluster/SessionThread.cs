using Conference.Actors.Cluster.Membership;
using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>
/// The session that stands for one life of the node: it holds the life's advisory lock, which the server frees when the process dies, and
/// hears what the others notify. On a thread of its own, which it spends waiting.
/// </summary>
internal sealed class SessionThread : IDisposable
{
    /// <summary>How long it takes to notice that it is to stop.</summary>
    private const int SliceMilliseconds = 200;

    /// <summary>How often the server is asked whether it is still there. Whoever misses a notification hears of the change with the next beat.</summary>
    private static readonly TimeSpan _check = TimeSpan.FromSeconds(5);

    private readonly MembershipStatement.HoldSession _statement;
    private readonly ClusterConnections _connections;
    private readonly Func<TimeSpan> _now;
    private readonly IStatementListener _listener;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    internal SessionThread(MembershipStatement.HoldSession statement, ClusterConnections connections, Func<TimeSpan> now, IStatementListener listener)
    {
        (_statement, _connections, _now, _listener) = (statement, connections, now, listener);
        _thread = new Thread(Run) { Name = "cluster-session", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Has the session end, soon.</summary>
    internal void Stop() => _isStopping = true;

    /// <summary>Ends the session, and waits for it.</summary>
    public void Dispose()
    {
        Stop();
        _thread.Join();
    }

    private void Run()
    {
        bool isHeld = false;
        try
        {
            var sent = _now();
            using var connection = _connections.Open(_statement.Self);
            long key = SessionNames.LockOf(_statement.Self);
            new SqlBatch(connection).Add(MembershipSql.EndEarlierSession, key).Execute();
            // Alone: the server waits for the session that was just ended to let go.
            new SqlBatch(connection).Add(MembershipSql.TakeSessionLock, key).Execute();
            new SqlBatch(connection).Add(MembershipSql.Listen).Execute();
            connection.Notification += (_, e) => _listener.Notified(e.Payload);
            isHeld = true;
            _listener.Completed(_statement, StatementResult.Done.Instance, sent);
            Listen(connection);
        }
        catch (Exception e) when (StatementThread.IsOfTheDatabase(e))
        {
            if (_isStopping)
                return;
            if (isHeld)
                _listener.SessionLost(_statement.Self, e);
            else
                _listener.Failed(_statement, e);
        }
    }

    private void Listen(NpgsqlConnection connection)
    {
        var heard = _now();
        while (!_isStopping)
        {
            if (connection.Wait(SliceMilliseconds))
            {
                heard = _now();
            }
            else if (_now() - heard >= _check)
            {
                new SqlBatch(connection).Add("select 1").Execute();
                heard = _now();
            }
        }
    }
}
