using System.Data.Common;
using System.Globalization;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.Webhooks;

/// <summary>How a delivery stands. The numbers are stored.</summary>
internal enum DeliveryState
{
    Waiting = 0,
    Delivered = 1,
    Dead = 2,
}

/// <summary>The place of a delivery in its webhook's queue: of the event in the journal, and which of what follows from that.</summary>
internal readonly record struct DeliveryPlace(long Ordering, int Part) : IComparable<DeliveryPlace>
{
    public int CompareTo(DeliveryPlace other) => (Ordering, Part).CompareTo((other.Ordering, other.Part));

    public static bool operator >(DeliveryPlace one, DeliveryPlace other) => one.CompareTo(other) > 0;

    public static bool operator <(DeliveryPlace one, DeliveryPlace other) => one.CompareTo(other) < 0;
}

/// <summary>What is to be delivered one after the other: one room's events for one webhook; or one that is replayed, by its id.</summary>
internal readonly record struct LaneName(string Domain, string Webhook, string Lane);

/// <summary>One delivery, with where it goes as that was when it was read.</summary>
internal sealed record Delivery(
    LaneName Lane, DeliveryPlace Place, string Id, string Body, long Queued, int Attempts, long Due, string Url, string Secret, bool IsEnabled);

/// <summary>What became of a delivery.</summary>
/// <param name="Delivery">Which.</param>
/// <param name="State">As it is from now on.</param>
/// <param name="Attempt">The last.</param>
/// <param name="At">When, in microseconds since 1970.</param>
/// <param name="Due">When it is tried again, if it waits.</param>
internal sealed record Outcome(Delivery Delivery, DeliveryState State, Attempt Attempt, long At, long Due);

/// <summary>A delivery as it is shown.</summary>
internal sealed record DeliveryRow(
    string Id, DeliveryPlace Place, DeliveryState State, string Body, DateTimeOffset Queued, DateTimeOffset? Due, int Attempts, int? Status, string? Reason, DateTimeOffset? Done);

/// <summary>The queue as rows, in SQL that both databases speak. Times are microseconds since 1970.</summary>
internal static class DeliveryTable
{
    private const string Select =
        """
        select d.domain, d.webhook, d.lane, d.ordering, d.part, d.id, d.body, d.queued, d.attempts, d.due, w.url, w.secret, w.enabled
        from conference_delivery d join conference_webhook w on w.domain = d.domain and w.id = d.webhook
        """;

    /// <summary>To be written in the projection's transaction.</summary>
    internal static void Add(StatementBatch batch, LaneName lane, DeliveryPlace place, string id, WebhookKinds kind, string body, long now) => batch.Add(
        """
        insert into conference_delivery (domain, webhook, ordering, part, id, lane, kind, body, queued, due, attempts, state)
        values (@domain#, @webhook#, @ordering#, @part#, @id#, @lane#, @kind#, @body#, @now#, @now#, 0, 0) on conflict (domain, webhook, ordering, part) do nothing
        """,
        ("@domain", lane.Domain), ("@webhook", lane.Webhook), ("@ordering", place.Ordering), ("@part", place.Part), ("@id", id), ("@lane", lane.Lane),
        ("@kind", (int)kind), ("@body", body), ("@now", now));

    /// <summary>What waits beyond a place, of all webhooks, in order.</summary>
    internal static Task<IReadOnlyList<Delivery>> WaitingAsync(ConferenceStore store, DeliveryPlace after, int most, CancellationToken cancellationToken) => QueryAsync(
        store,
        $"{Select} where d.state = 0 and (d.ordering, d.part) > (@ordering, @part) order by d.ordering, d.part limit @most",
        cancellationToken,
        ("@ordering", after.Ordering), ("@part", after.Part), ("@most", most));

    /// <summary>What waits beyond a place in one lane, in order.</summary>
    internal static Task<IReadOnlyList<Delivery>> WaitingAsync(
        ConferenceStore store, LaneName lane, DeliveryPlace after, int most, CancellationToken cancellationToken) => QueryAsync(
        store,
        $"""
        {Select} where d.domain = @domain and d.webhook = @webhook and d.lane = @lane and d.state = 0 and (d.ordering, d.part) > (@ordering, @part)
        order by d.ordering, d.part limit @most
        """,
        cancellationToken,
        ("@domain", lane.Domain), ("@webhook", lane.Webhook), ("@lane", lane.Lane), ("@ordering", after.Ordering), ("@part", after.Part), ("@most", most));

    /// <summary>What somebody wants to be sent again.</summary>
    internal static Task<IReadOnlyList<Delivery>> ReplayedAsync(ConferenceStore store, int most, CancellationToken cancellationToken) => QueryAsync(
        store, $"{Select} where d.state = 0 and d.lane = d.id order by d.due limit @most", cancellationToken, ("@most", most));

    /// <summary>What became of some, all together.</summary>
    internal static Task WriteAsync(ConferenceStore store, IReadOnlyCollection<Outcome> outcomes, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancelled);
            var batch = new StatementBatch();
            foreach (var outcome in outcomes)
            {
                batch.Add(
                    """
                    update conference_delivery set state = @state#, attempts = @attempts#, status = @status#, reason = @reason#, due = @due#, done = @done#
                    where domain = @domain# and webhook = @webhook# and ordering = @ordering# and part = @part#
                    """,
                    ("@state", (int)outcome.State), ("@attempts", outcome.Delivery.Attempts + 1), ("@status", outcome.Attempt.Status), ("@reason", outcome.Attempt.Reason),
                    ("@due", outcome.Due), ("@done", outcome.State == DeliveryState.Waiting ? null : outcome.At), ("@domain", outcome.Delivery.Lane.Domain),
                    ("@webhook", outcome.Delivery.Lane.Webhook), ("@ordering", outcome.Delivery.Place.Ordering), ("@part", outcome.Delivery.Place.Part));
            }

            await batch.WriteAsync(connection, cancelled);
            await transaction.CommitAsync(cancelled);
            return true;
        },
        cancellationToken);

    /// <summary>Some of what was delivered, and what was given up, before these times.</summary>
    internal static Task<int> DeleteAsync(ConferenceStore store, long deliveredBefore, long deadBefore, int most, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) => await DeleteAsync(connection, 1, deliveredBefore, most, cancelled) + await DeleteAsync(connection, 2, deadBefore, most, cancelled),
        cancellationToken);

    /// <summary>How many wait, since when the first of them does (0 where none does), and how many were given up.</summary>
    internal static Task<(long Waiting, long Since, long Dead)> CountAsync(ConferenceStore store, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) =>
        {
            await using var command = connection.Command(
                """
                select (select count(*) from conference_delivery where state = 0),
                    coalesce((select queued from conference_delivery where state = 0 order by ordering, part limit 1), 0),
                    (select count(*) from conference_delivery where state = 2)
                """);
            await using var row = await command.ExecuteReaderAsync(cancelled);
            await row.ReadAsync(cancelled);
            return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        },
        cancellationToken);

    /// <summary>Of one webhook, the latest first.</summary>
    internal static Task<IReadOnlyList<DeliveryRow>> ListAsync(
        ConferenceStore store, Domain domain, string webhook, DeliveryState? state, DeliveryPlace before, int most, CancellationToken cancellationToken) => store.UseAsync(
        (connection, cancelled) => RowsAsync(
            connection,
            """
            domain = @domain and webhook = @webhook and (@state = -1 or state = @state) and (ordering, part) < (@ordering, @part)
            order by ordering desc, part desc limit @most
            """,
            cancelled,
            ("@domain", domain.ToString()), ("@webhook", webhook), ("@state", state is { } wanted ? (int)wanted : -1), ("@ordering", before.Ordering),
            ("@part", before.Part), ("@most", most)),
        cancellationToken);

    internal static Task<DeliveryRow?> FindAsync(ConferenceStore store, Domain domain, string webhook, string id, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) => (await RowsAsync(
            connection, "domain = @domain and webhook = @webhook and id = @id", cancelled, ("@domain", domain.ToString()), ("@webhook", webhook), ("@id", id))) is [var row] ? row : null,
        cancellationToken);

    /// <summary>What is done with, or was given up, waits again: in a lane of its own, since the room has gone on.</summary>
    /// <returns>False where there is none, or it waits anyway.</returns>
    internal static Task<bool> ReplayAsync(ConferenceStore store, Domain domain, string webhook, string id, long now, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) => await connection.ExecuteAsync(
            """
            update conference_delivery set state = 0, lane = id, attempts = 0, queued = @now, due = @now, done = null
            where domain = @domain and webhook = @webhook and id = @id and state <> 0
            """,
            cancelled,
            ("@now", now), ("@domain", domain.ToString()), ("@webhook", webhook), ("@id", id)) > 0,
        cancellationToken);

    private static Task<IReadOnlyList<Delivery>> QueryAsync(ConferenceStore store, string sql, CancellationToken cancellationToken, params (string, object?)[] parameters) =>
        store.UseAsync(
            async (connection, cancelled) =>
            {
                var found = new List<Delivery>();
                await using var command = connection.Command(sql, parameters);
                await using var row = await command.ExecuteReaderAsync(cancelled);
                while (await row.ReadAsync(cancelled))
                {
                    found.Add(new Delivery(
                        new LaneName(row.GetString(0), row.GetString(1), row.GetString(2)), new DeliveryPlace(row.GetInt64(3), row.GetInt32(4)), row.GetString(5), row.GetString(6),
                        row.GetInt64(7), row.GetInt32(8), row.GetInt64(9), row.GetString(10), row.GetString(11), row.GetInt32(12) != 0));
                }

                return (IReadOnlyList<Delivery>)found;
            },
            cancellationToken);

    private static async Task<IReadOnlyList<DeliveryRow>> RowsAsync(
        DbConnection connection, string where, CancellationToken cancellationToken, params (string, object?)[] parameters)
    {
        var found = new List<DeliveryRow>();
        await using var command = connection.Command(
            $"select id, ordering, part, state, body, queued, due, attempts, status, reason, done from conference_delivery where {where}", parameters);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var state = (DeliveryState)row.GetInt32(3);
            found.Add(new DeliveryRow(
                row.GetString(0), new DeliveryPlace(row.GetInt64(1), row.GetInt32(2)), state, row.GetString(4), CallCursor.Time(row.GetInt64(5)),
                state == DeliveryState.Waiting ? CallCursor.Time(row.GetInt64(6)) : null, row.GetInt32(7), row.IsDBNull(8) ? null : row.GetInt32(8),
                row.IsDBNull(9) ? null : row.GetString(9), row.IsDBNull(10) ? null : CallCursor.Time(row.GetInt64(10))));
        }

        return found;
    }

    private static Task<int> DeleteAsync(DbConnection connection, int state, long before, int most, CancellationToken cancellationToken) => connection.ExecuteAsync(
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            delete from conference_delivery where (domain, webhook, ordering, part) in (
                select domain, webhook, ordering, part from conference_delivery where state = {state} and done < @before limit @most)
            """),
        cancellationToken,
        ("@before", before), ("@most", most));
}
