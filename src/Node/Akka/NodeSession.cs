using Npgsql;

namespace Conference.Node.Akka;

/// <summary>
/// The one connection that this process keeps open for as long as it lives, and whose end tells the others that the process has ended: it holds the node's
/// advisory locks. Never pooled, and used by one caller at a time.
/// </summary>
internal sealed class NodeSession : IAsyncDisposable
{
    /// <summary>
    /// A host that vanishes must not leave its locks behind for hours: the server asks after 3 s, three times. Nobody waits long for a lock, and a node
    /// that freezes inside a transaction does not keep it.
    /// </summary>
    private const string Settings = """
        set tcp_keepalives_idle = 3; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3; set tcp_user_timeout = '6s';
        set statement_timeout = '3s'; set lock_timeout = '3s'; set idle_in_transaction_session_timeout = '2s'
        """;

    private readonly NpgsqlConnection _connection;

    private NodeSession(NpgsqlConnection connection) => _connection = connection;

    public static async Task<NodeSession> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await connection.WriteAsync(Settings, [], cancellationToken).ConfigureAwait(false);
            return new NodeSession(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task<T[]> ReadAsync<T>(string sql, object[] arguments, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        _connection.ReadAsync(sql, arguments, read, cancellationToken);

    public async Task<T> ReadOneAsync<T>(string sql, object[] arguments, CancellationToken cancellationToken) =>
        (await _connection.ReadAsync(sql, arguments, r => r.GetFieldValue<T>(0), cancellationToken).ConfigureAwait(false))[0];

    public Task<int> WriteAsync(string sql, object[] arguments, CancellationToken cancellationToken) => _connection.WriteAsync(sql, arguments, cancellationToken);

    /// <returns>False: another session has it.</returns>
    public Task<bool> TryLockAsync(long key, CancellationToken cancellationToken) => ReadOneAsync<bool>("select pg_try_advisory_lock($1)", [key], cancellationToken);

    public async Task<NpgsqlTransaction> BeginAsync(CancellationToken cancellationToken) =>
        await _connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Waits that long, and notices at once when the connection ends.</summary>
    public Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) => _connection.WaitAsync(time, cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
