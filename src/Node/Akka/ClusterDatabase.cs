using System.Net.Sockets;
using Npgsql;

namespace Conference.Node.Akka;

/// <summary>
/// The cluster's way to PostgreSQL, apart from the store's: a question about life and death must not wait behind a burst of writes. Everything here is
/// short; a database that does not answer in time is away.
/// </summary>
public sealed class ClusterDatabase : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _source;
    private readonly string _sessions;

    /// <param name="connectionString"><c>Store:Postgres</c>. Straight to the server, or through what keeps sessions: locks are held by sessions.</param>
    /// <param name="node"><c>Node:Name</c>, shown by <c>pg_stat_activity</c>.</param>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public ClusterDatabase(string connectionString, string node)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"conference cluster {node}",
            Timeout = (int)_limit.TotalSeconds,
            CommandTimeout = (int)_limit.TotalSeconds,
            MaxPoolSize = 3,
            MinPoolSize = 0,
            Enlist = false,
        };
        _source = NpgsqlDataSource.Create(builder);
        builder.ApplicationName = $"conference node {node}";
        // A pooled connection would keep its locks after it was given back.
        builder.Pooling = false;
        _sessions = builder.ConnectionString;
    }

    /// <summary>The failure is the database's, or of the way there.</summary>
    public static bool IsAway(Exception e) =>
        // The last: a connection that has ended meanwhile is "not open".
        e is NpgsqlException or TimeoutException or SocketException or IOException or OperationCanceledException or InvalidOperationException;

    internal Task<NodeSession> OpenSessionAsync(CancellationToken cancellationToken) => NodeSession.OpenAsync(_sessions, cancellationToken);

    /// <param name="sql">One statement, with $1, $2 ...</param>
    /// <param name="arguments">For them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The rows' first column.</returns>
    internal Task<T[]> QueryAsync<T>(string sql, object[] arguments, CancellationToken cancellationToken = default) =>
        QueryAsync(sql, arguments, r => r.GetFieldValue<T>(0), cancellationToken);

    internal async Task<T[]> QueryAsync<T>(string sql, object[] arguments, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        await using var connection = await _source.OpenConnectionAsync(limit.Token).ConfigureAwait(false);
        return await connection.ReadAsync(sql, arguments, read, limit.Token).ConfigureAwait(false);
    }

    /// <returns>How many rows.</returns>
    internal async Task<int> ExecuteAsync(string sql, object[] arguments, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        await using var connection = await _source.OpenConnectionAsync(limit.Token).ConfigureAwait(false);
        return await connection.WriteAsync(sql, arguments, limit.Token).ConfigureAwait(false);
    }

    /// <summary>A life is over, whatever it thinks itself: its row goes, its session is ended, and it will find its name among the departed.</summary>
    internal Task DepartAsync(ClusterIdentity identity, NodeIncarnation incarnation, CancellationToken cancellationToken = default) =>
        ExecuteAsync(NodeSql.Depart, [incarnation.Value, identity.IncarnationKey(incarnation)], cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

internal static class NpgsqlConnectionExtensions
{
    public static async Task<T[]> ReadAsync<T>(
        this NpgsqlConnection connection, string sql, object[] arguments, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, arguments);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(read(reader));
        return [.. rows];
    }

    public static async Task<int> WriteAsync(this NpgsqlConnection connection, string sql, object[] arguments, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, arguments);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (object argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        return command;
    }
}
