using System.Collections.Concurrent;
using System.Data.Common;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>
/// Does statements one after the other, on a thread and a connection of its own: what has come to it waits for nothing else in the process, and
/// for no thread of the pool. Connects when there is something to do.
/// </summary>
internal sealed class StatementThread : IDisposable
{
    /// <summary>A connection that nobody has needed for so long is closed: most nodes seldom reconcile.</summary>
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(20);

    private readonly BlockingCollection<MembershipStatement> _waiting = [];
    private readonly Func<NodeId, NpgsqlConnection> _open;
    private readonly MembershipRules _rules;
    private readonly Func<TimeSpan> _now;
    private readonly IStatementListener _listener;
    private readonly Thread _thread;
    private NpgsqlConnection? _connection;
    private NodeId _life;
    private volatile bool _isStopping;

    /// <param name="name">Of the thread.</param>
    /// <param name="open">Opens a connection of a life.</param>
    /// <param name="rules">The cluster's.</param>
    /// <param name="now">The machine's clock.</param>
    /// <param name="listener">Is told what came of each.</param>
    internal StatementThread(string name, Func<NodeId, NpgsqlConnection> open, MembershipRules rules, Func<TimeSpan> now, IStatementListener listener)
    {
        (_open, _rules, _now, _listener) = (open, rules, now, listener);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    internal void Send(MembershipStatement statement)
    {
        // Whoever stops this has no use for an answer.
        if (!_isStopping)
            _waiting.Add(statement);
    }

    /// <summary>Waits for the statement under way, and does no other.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
    }

    private void Run()
    {
        while (!_waiting.IsCompleted)
        {
            if (!_waiting.TryTake(out var statement, _connection is null ? Timeout.InfiniteTimeSpan : _idle))
                Close();
            else if (!_isStopping)
                Do(statement);
        }

        Close();
    }

    private void Do(MembershipStatement statement)
    {
        try
        {
            if (_connection is null || _life != statement.Self)
            {
                Close();
                _connection = _open(statement.Self);
                _life = statement.Self;
            }

            var sent = _now();
            var result = MembershipStatements.Execute(_connection, statement, _rules);
            _listener.Completed(statement, result, sent);
        }
        catch (Exception e) when (IsOfTheDatabase(e))
        {
            // Whatever it was: nobody knows what state the connection is in.
            Close();
            _listener.Failed(statement, e);
        }
    }

    /// <summary>What a database that is away, slow, broken or not ours makes of a statement.</summary>
    internal static bool IsOfTheDatabase(Exception e) =>
        e is DbException or TimeoutException or IOException or InvalidDataException or InvalidCastException or InvalidOperationException
            or OperationCanceledException or System.Net.Sockets.SocketException;

    private void Close()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception e) when (IsOfTheDatabase(e))
        {
            // It is gone all the same.
        }

        _connection = null;
    }
}

/// <summary>Hears what came of statements; on the thread that did them.</summary>
internal interface IStatementListener
{
    void Completed(MembershipStatement statement, StatementResult result, TimeSpan sent);

    void Failed(MembershipStatement statement, Exception why);

    void SessionLost(NodeId life, Exception why);

    /// <param name="payload">As it was sent: the tables' version.</param>
    void Notified(string payload);
}
