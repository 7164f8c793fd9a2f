using System.Data.Common;
using System.Globalization;
using Akka.Serialization;
using Conference.Actors.Serialization;
using Conference.Node.Metrics;
using Conference.Node.Store;

namespace Conference.Node.ReadModel;

/// <summary>
/// Journal to tables, step by step: rows in the order of their numbers, what follows from them, and how far that is, in one transaction. So what
/// was done is never done again; and a second one, of a node that does not know yet that it is cut off, finds that it is not where it thought.
/// </summary>
/// <param name="name">Under which its place is stored.</param>
/// <param name="store">Where both are.</param>
/// <param name="serialization">Of the actor system.</param>
/// <param name="meter">Where it counts.</param>
/// <param name="log">For what cannot be read.</param>
/// <param name="time">For how old an event is.</param>
internal abstract class Projection(string name, ConferenceStore store, Serialization serialization, ProjectionMeter meter, ILogger log, TimeProvider time)
{
    private readonly JournalReader _journal = store is PostgresStore ? new PostgresJournalReader() : new JournalReader();

    private long? _position;

    /// <summary>Under which its place is stored.</summary>
    internal string Title => name;

    protected ConferenceStore Store => store;

    protected TimeProvider Time => time;

    /// <summary>Where none was ever: its place, and what must stand there for it. Does nothing where there is one.</summary>
    protected abstract Task PlaceAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>It goes on from there: what it had in memory is read anew.</summary>
    protected abstract Task StartAsync(DbConnection connection, long position, CancellationToken cancellationToken);

    /// <summary>What follows from one event, within the transaction.</summary>
    /// <param name="connection">Of the transaction.</param>
    /// <param name="entity">Whose.</param>
    /// <param name="what">Null where it cannot be read.</param>
    /// <param name="row">Its place, number and time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    protected abstract Task ApplyAsync(DbConnection connection, EntityName entity, object? what, JournalRow row, CancellationToken cancellationToken);

    /// <summary>What has come together of all rows of this step, within the transaction.</summary>
    protected abstract Task WriteAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>It is done.</summary>
    protected virtual void Committed()
    {
    }

    /// <returns>Whether there is more already.</returns>
    /// <exception cref="Actors.Calls.StoreUnavailableException">Nothing was done, or all of it was: the next step finds out.</exception>
    internal async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.UseAsync(StepAsync, cancellationToken);
        }
        catch
        {
            _position = null;
            throw;
        }
    }

    private async Task<bool> StepAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        long position = _position ??= await TakeUpAsync(connection, cancellationToken);
        var rows = await _journal.ReadAsync(connection, position, cancellationToken);
        if (rows.Count == 0)
        {
            meter.Passed(position, TimeSpan.Zero);
            return false;
        }

        // What happened is read before the transaction begins: on SQLite it keeps everybody else from writing.
        var happened = rows.Select(Open).ToArray();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await MoveAsync(connection, position, rows[^1].Ordering, cancellationToken))
        {
            _position = null;
            return false;
        }

        for (int i = 0; i < rows.Count; i++)
            await ApplyAsync(connection, happened[i].Name, happened[i].What, rows[i], cancellationToken);
        await WriteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _position = rows[^1].Ordering;
        Committed();
        bool isMore = rows.Count == JournalReader.Most;
        meter.Passed(rows[^1].Ordering, isMore ? AgeOf(rows[^1]) : TimeSpan.Zero);
        return isMore;
    }

    /// <summary>By two nodes' clocks, which may differ.</summary>
    private TimeSpan AgeOf(JournalRow row) =>
        time.GetUtcNow() - new DateTimeOffset(row.Created, TimeSpan.Zero) is { Ticks: > 0 } age ? age : TimeSpan.Zero;

    private async Task<long> TakeUpAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await PlaceAsync(connection, cancellationToken);
        long position = Convert.ToInt64(
            await connection.ScalarAsync("select ordering from conference_projection where name = @name", cancellationToken, ("@name", name)),
            CultureInfo.InvariantCulture);
        await StartAsync(connection, position, cancellationToken);
        ReadModelLog.Started(log, name, position);
        return position;
    }

    /// <returns>False when it is somewhere else by now.</returns>
    private async Task<bool> MoveAsync(DbConnection connection, long from, long to, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            "update conference_projection set ordering = @to where name = @name and ordering = @from",
            cancellationToken,
            ("@to", to), ("@name", name), ("@from", from)) == 1;

    private (EntityName Name, object? What) Open(JournalRow row)
    {
        try
        {
            var stored = (StoredEvent)serialization.Deserialize(row.Message, row.Serializer, row.Manifest);
            return (EntityName.Parse(row.PersistenceId), EventSeal.Open(stored, row.PersistenceId, row.SequenceNr));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            ReadModelLog.Skipped(log, name, row.Ordering, exception);
            meter.Skipped();
            return (default, null);
        }
    }
}
