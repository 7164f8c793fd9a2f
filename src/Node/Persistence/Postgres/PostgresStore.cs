using System.Diagnostics.Metrics;
using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;
using Npgsql;

namespace Conference.Node.Persistence.Postgres;

/// <summary>The store of a cluster. Connects again by itself; nothing that was acknowledged depends on a connection.</summary>
public sealed class PostgresStore : IConferenceStore
{
    private readonly NpgsqlDataSource _source;
    private readonly SessionName _name;
    private readonly StoreMetrics _metrics;
    private readonly WriteQueue _queue;
    private readonly PostgresReader _reader;
    private readonly PostgresWriter _writer;
    private readonly Task _loop;

    private PostgresStore(NpgsqlDataSource source, SessionName name, StoreOptions options, Meter meter, ILogger log)
    {
        (_source, _name) = (source, name);
        _queue = new WriteQueue(options);
        _metrics = new StoreMetrics(meter, "postgres", () => _queue.Depth, options.QueueCapacity);
        _reader = new PostgresReader(source, log, _metrics);
        _writer = new PostgresWriter(source, _metrics, log, options.WriteDeadline);
        _loop = Task.WhenAll(Enumerable.Range(0, options.Writers).Select(_ => Task.Run(RunAsync)));
    }

    /// <param name="connectionString">As the operator gave it; what must hold for every connection is added.</param>
    /// <param name="options">How it paces itself.</param>
    /// <param name="meter">Where it counts.</param>
    /// <param name="loggers">Where it reports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">Not reachable, or of a newer version.</exception>
    public static async Task<PostgresStore> OpenAsync(
        string connectionString, StoreOptions options, Meter meter, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        var log = loggers.CreateLogger<PostgresStore>();
        NpgsqlDataSource source;
        var name = new SessionName();
        try
        {
            var builder = new NpgsqlDataSourceBuilder(Complete(connectionString, options));
            builder.UsePhysicalConnectionInitializer(name.Set, name.SetAsync);
            source = builder.Build();
        }
        catch (ArgumentException exception)
        {
            throw new StoreException("Store:Postgres is no connection string of PostgreSQL's", exception);
        }
        try
        {
            int schema = await PostgresMigrations.RunAsync(source, log, cancellationToken);
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            StoreLog.Opened(log, $"PostgreSQL, {settings.Host}/{settings.Database}", schema);
            return new PostgresStore(source, name, options, meter, log);
        }
        catch (Exception exception)
        {
            await source.DisposeAsync();
            if (exception is NpgsqlException or TimeoutException)
                throw new StoreException($"the PostgreSQL store cannot be used: {exception.Message}", exception);
            throw;
        }
    }

    /// <summary>What its sessions are called from now on, so that others can end them. Those under another name end as soon as they have nothing to do.</summary>
    /// <param name="applicationName">At most 63 letters, digits and <c>-</c>.</param>
    public void Rename(string applicationName)
    {
        _name.Current = applicationName;
        _source.Clear();
    }

    public Task AppendAsync(JournalWrite write, CancellationToken cancellationToken = default) =>
        _queue.AddAsync(write, _metrics, cancellationToken);

    public IAsyncEnumerable<JournalRow> ReplayAsync(
        PersistenceId persistenceId, long fromSequenceNr, CancellationToken cancellationToken = default) =>
        _reader.ReplayAsync(persistenceId, fromSequenceNr, cancellationToken);

    public Task SaveSnapshotAsync(PersistenceId persistenceId, JournalRow snapshot, int keep, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            """
            with s as (insert into snapshot (pid, seq, payload, checksum, at) values (@pid, @seq, @payload, @checksum, @at)
            on conflict (pid, seq) do update set payload = excluded.payload, checksum = excluded.checksum, at = excluded.at returning seq)
            delete from snapshot where pid = @pid and seq < (select min(seq) from
                (select seq from (select seq from snapshot where pid = @pid union select seq from s) as a order by seq desc limit @keep) as k)
            """,
            cancellationToken,
            ("@pid", persistenceId.ToString()), ("@seq", snapshot.SequenceNr), ("@payload", snapshot.Payload.ToArray()),
            ("@checksum", RowChecksum.Of(persistenceId, snapshot.SequenceNr, snapshot.Payload.Span)),
            ("@at", CallCursor.Micros(DateTimeOffset.UtcNow)), ("@keep", keep));

    public Task<JournalRow?> LoadSnapshotAsync(
        PersistenceId persistenceId, long maxSequenceNr = long.MaxValue, CancellationToken cancellationToken = default) =>
        _reader.SnapshotAsync(persistenceId, maxSequenceNr, cancellationToken);

    public Task DeleteSnapshotsAsync(PersistenceId persistenceId, long maxSequenceNr, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            "delete from snapshot where pid = @pid and seq <= @seq",
            cancellationToken, ("@pid", persistenceId.ToString()), ("@seq", maxSequenceNr));

    public Task<DirectoryEntry?> FindAsync(DirectoryKind kind, Name name, CancellationToken cancellationToken = default) =>
        _reader.FindAsync(kind, name, cancellationToken);

    public Task<DirectoryPage> ListAsync(DirectoryKind kind, string? after, int limit, CancellationToken cancellationToken = default) =>
        _reader.ListAsync(kind, after, limit, cancellationToken);

    public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default) =>
        _reader.CallsAsync(query, cancellationToken);

    public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken = default) =>
        ExecuteAsync("delete from call where ended < @ended", cancellationToken, ("@ended", CallCursor.Micros(time)));

    /// <summary>Writes what is waiting, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        await _loop;
        await _source.DisposeAsync();
    }

    private static string Complete(string connectionString, StoreOptions options)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.MaxPoolSize = Math.Min(builder.MaxPoolSize, options.Writers + options.Readers + 2);
        builder.MaxAutoPrepare = 32;
        // Nothing is ever set on a session but its name, which a reset would take away.
        builder.NoResetOnClose = true;
        builder.AutoPrepareMinUsages = 2;
        builder.Timeout = builder.CommandTimeout = (int)Math.Ceiling(options.WriteDeadline.TotalSeconds);
        // A node that stands still inside a transaction must not keep its locks: others wait for them to take over its shards.
        builder.Options = $"{builder.Options} -c statement_timeout={(int)options.WriteDeadline.TotalMilliseconds} -c idle_in_transaction_session_timeout=2000 -c synchronous_commit=on".Trim();
        return builder.ConnectionString;
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingWrite>();
        while (await _queue.WaitAsync())
        {
            _queue.Take(batch, _metrics);
            if (batch.Count > 0)
                await _writer.CommitAsync(batch);
        }
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        try
        {
#pragma warning disable CA2100 // Constants of ours; values are parameters.
            await using var command = _source.CreateCommand(sql);
#pragma warning restore CA2100
            foreach (var (name, value) in parameters)
                command.Parameters.AddWithValue(name, value);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            _metrics.Failed("unavailable");
            throw new JournalUnavailableException("the store cannot be written: try again", exception, outcomeUnknown: true);
        }
    }
}
