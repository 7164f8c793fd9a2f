using System.Data.Common;
using System.Globalization;
using Akka.Serialization;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Actors.Users;
using Conference.Node.Metrics;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.ReadModel;

/// <summary>
/// Journal to read models, step by step: rows in the order of their numbers, what follows from them, and how far that is, in one transaction. So what
/// was done is never done again; and a second one, of a node that does not know yet that it is cut off, finds that it is not where it thought.
/// </summary>
/// <param name="store">Where both are.</param>
/// <param name="serialization">Of the actor system.</param>
/// <param name="meter">Where it counts.</param>
/// <param name="log">For what cannot be read.</param>
/// <param name="time">For how old an event is.</param>
internal sealed class Projection(ConferenceStore store, Serialization serialization, ProjectionMeter meter, ILogger log, TimeProvider time)
{
    internal const string Name = "read-models";

    private readonly JournalReader _journal = store is PostgresStore ? new PostgresJournalReader() : new JournalReader();

    private readonly UsageBook _usage = new();

    private long? _position;

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
        long position = _position ??= await StartAsync(connection, cancellationToken);
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
        await _usage.WriteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _position = rows[^1].Ordering;
        bool isMore = rows.Count == JournalReader.Most;
        meter.Passed(rows[^1].Ordering, isMore ? AgeOf(rows[^1]) : TimeSpan.Zero);
        return isMore;
    }

    /// <summary>By two nodes' clocks, which may differ.</summary>
    private TimeSpan AgeOf(JournalRow row) =>
        time.GetUtcNow() - new DateTimeOffset(row.Created, TimeSpan.Zero) is { Ticks: > 0 } age ? age : TimeSpan.Zero;

    private async Task<long> StartAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            "insert into conference_projection (name, ordering) values (@name, 0) on conflict (name) do nothing", cancellationToken, ("@name", Name));
        long position = Convert.ToInt64(
            await connection.ScalarAsync("select ordering from conference_projection where name = @name", cancellationToken, ("@name", Name)),
            CultureInfo.InvariantCulture);
        // From the very beginning everything is told again: rows are what they were, sums would be twice that.
        if (position == 0)
            await _usage.ClearAsync(connection, cancellationToken);
        else
            await _usage.ReadAsync(connection, cancellationToken);
        ReadModelLog.Started(log, position);
        return position;
    }

    /// <returns>False when it is somewhere else by now.</returns>
    private static async Task<bool> MoveAsync(DbConnection connection, long from, long to, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            "update conference_projection set ordering = @to where name = @name and ordering = @from",
            cancellationToken,
            ("@to", to), ("@name", Name), ("@from", from)) == 1;

    private (EntityName Name, object? What) Open(JournalRow row)
    {
        try
        {
            var stored = (StoredEvent)serialization.Deserialize(row.Message, row.Serializer, row.Manifest);
            return (EntityName.Parse(row.PersistenceId), EventSeal.Open(stored, row.PersistenceId, row.SequenceNr));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            ReadModelLog.Skipped(log, row.Ordering, exception);
            meter.Skipped();
            return (default, null);
        }
    }

    private Task ApplyAsync(DbConnection connection, EntityName name, object? what, JournalRow row, CancellationToken cancellationToken) => what switch
    {
        RoomEvent.CallStarted call => StartAsync(connection, name, call, cancellationToken),
        RoomEvent.CallEnded call => EndAsync(connection, call, cancellationToken),
        RoomEvent.RoomKept room => DirectoryTable.PutAsync(
            connection,
            DirectoryKind.Room,
            name,
            string.Create(CultureInfo.InvariantCulture, $$"""{"maxMembers":{{room.MaxMembers}},"locked":{{(room.IsLocked ? "true" : "false")}}}"""),
            cancellationToken),
        RoomEvent.RoomClosed => DirectoryTable.RemoveAsync(connection, DirectoryKind.Room, name, cancellationToken),
        UserEvent.AccountCreated => DirectoryTable.PutAsync(connection, DirectoryKind.User, name, "{}", cancellationToken),
        DomainEvent.DomainPut put => DomainAsync(connection, name, DomainStanding.Open, put.Rules, row, cancellationToken),
        DomainEvent.RemovalBegan => DomainAsync(connection, name, DomainStanding.Removing, DomainRules.None, row, cancellationToken),
        DomainEvent.DomainRemoved => DomainAsync(connection, name, DomainStanding.None, DomainRules.None, row, cancellationToken),
        UserEvent.AccountRemoved => DirectoryTable.RemoveAsync(connection, DirectoryKind.User, name, cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task StartAsync(DbConnection connection, EntityName room, RoomEvent.CallStarted call, CancellationToken cancellationToken)
    {
        await CallTable.StartAsync(connection, room, call, cancellationToken);
        _usage.Started(room.Domain, CallCursor.Micros(call.At));
    }

    private async Task EndAsync(DbConnection connection, RoomEvent.CallEnded call, CancellationToken cancellationToken)
    {
        if (await CallTable.EndAsync(connection, call, cancellationToken) is { } span)
            _usage.Ended(span, call.Totals);
    }

    private static Task DomainAsync(
        DbConnection connection, EntityName name, DomainStanding standing, DomainRules rules, JournalRow row, CancellationToken cancellationToken) =>
        DomainRows.PutAsync(connection, new DomainRecord(Domain.Written(name.Domain), standing, rules, row.SequenceNr), row.Ordering, cancellationToken);
}
