using System.Data.Common;
using System.Globalization;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.Webhooks;

/// <summary>Webhooks as rows, in SQL that both databases speak. Each has the place in the journal from which on it is told of what happens.</summary>
internal static class WebhookTable
{
    private const string Columns = "domain, id, url, secret, kinds, enabled, made";

    /// <summary>As it is to be, or not at all where the domain has as many as it may.</summary>
    /// <returns>The one before; null where there was none. And whether it is stored.</returns>
    internal static Task<(Webhook? Before, bool IsStored)> PutAsync(ConferenceStore store, Func<Webhook?, Webhook> change, Domain domain, string id, int most, CancellationToken cancellationToken) =>
        store.UseAsync(
            async (connection, cancelled) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancelled);
                var before = await FindAsync(connection, domain, id, cancelled);
                long others = Convert.ToInt64(
                    await connection.ScalarAsync("select count(*) from conference_webhook where domain = @domain", cancelled, ("@domain", domain.ToString())), CultureInfo.InvariantCulture);
                if (before is null && others >= most)
                    return (before, false);
                var webhook = change(before);
                // What happened before it was there, or while it was off, is none of its business.
                await connection.ExecuteAsync(
                    $"""
                    insert into conference_webhook ({Columns}, since)
                    values (@domain, @id, @url, @secret, @kinds, @enabled, @made, (select coalesce(max(ordering), 0) from conference_journal))
                    on conflict (domain, id) do update set url = excluded.url, secret = excluded.secret, kinds = excluded.kinds, enabled = excluded.enabled,
                        since = case when conference_webhook.enabled = 0 then excluded.since else conference_webhook.since end
                    """,
                    cancelled,
                    ("@domain", domain.ToString()), ("@id", id), ("@url", webhook.Url), ("@secret", webhook.Secret), ("@kinds", (int)webhook.Kinds),
                    ("@enabled", webhook.Enabled ? 1 : 0), ("@made", CallCursor.Micros(webhook.Made)));
                await transaction.CommitAsync(cancelled);
                return (before, true);
            },
            cancellationToken);

    internal static Task<Webhook?> FindAsync(ConferenceStore store, Domain domain, string id, CancellationToken cancellationToken) =>
        store.UseAsync((connection, cancelled) => FindAsync(connection, domain, id, cancelled), cancellationToken);

    /// <summary>By id.</summary>
    internal static Task<IReadOnlyList<Webhook>> ListAsync(ConferenceStore store, Domain domain, CancellationToken cancellationToken) => store.UseAsync(
        (connection, cancelled) => ReadAsync(
            connection, $"select {Columns} from conference_webhook where domain = @domain order by id", cancelled, ("@domain", domain.ToString())),
        cancellationToken);

    /// <summary>With all that is queued for it.</summary>
    /// <returns>False where there was none.</returns>
    internal static Task<bool> RemoveAsync(ConferenceStore store, Domain domain, string id, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancelled);
            (string, object?)[] which = [("@domain", domain.ToString()), ("@id", id)];
            // The webhook first: the projection holds its row while it queues something for it.
            bool wasThere = await connection.ExecuteAsync("delete from conference_webhook where domain = @domain and id = @id", cancelled, which) > 0;
            await connection.ExecuteAsync("delete from conference_delivery where domain = @domain and webhook = @id", cancelled, which);
            await transaction.CommitAsync(cancelled);
            return wasThere;
        },
        cancellationToken);

    /// <summary>A domain goes, within the projection's transaction: all that were made before, and what is queued for them.</summary>
    /// <param name="connection">Of the transaction.</param>
    /// <param name="domain">Which.</param>
    /// <param name="ordering">The place in the journal where it goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task RemoveAllAsync(DbConnection connection, string domain, long ordering, CancellationToken cancellationToken)
    {
        (string, object?)[] which = [("@domain", domain), ("@ordering", ordering)];
        await connection.ExecuteAsync("delete from conference_webhook where domain = @domain and since < @ordering", cancellationToken, which);
        await connection.ExecuteAsync("delete from conference_delivery where domain = @domain and ordering < @ordering", cancellationToken, which);
    }

    /// <summary>Those of a domain that are on, for what happens at a place in the journal; held until the transaction ends, so that none is removed before what is queued for it is there.</summary>
    internal static async Task<IReadOnlyList<(string Id, WebhookKinds Kinds, long Since)>> WantedAsync(
        ConferenceStore store, DbConnection connection, string domain, CancellationToken cancellationToken)
    {
        var wanted = new List<(string, WebhookKinds, long)>();
        string hold = store is PostgresStore ? " for key share" : "";
        await using var command = connection.Command(
            $"select id, kinds, since from conference_webhook where domain = @domain and enabled = 1 order by id{hold}", ("@domain", domain));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            wanted.Add((row.GetString(0), (WebhookKinds)row.GetInt32(1), row.GetInt64(2)));
        return wanted;
    }

    private static async Task<Webhook?> FindAsync(DbConnection connection, Domain domain, string id, CancellationToken cancellationToken) =>
        (await ReadAsync(
            connection, $"select {Columns} from conference_webhook where domain = @domain and id = @id", cancellationToken, ("@domain", domain.ToString()), ("@id", id))) is [var webhook] ? webhook : null;

    private static async Task<IReadOnlyList<Webhook>> ReadAsync(
        DbConnection connection, string sql, CancellationToken cancellationToken, params (string, object?)[] parameters)
    {
        var webhooks = new List<Webhook>();
        await using var command = connection.Command(sql, parameters);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            webhooks.Add(new Webhook(
                Domain.Written(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetString(3), (WebhookKinds)row.GetInt32(4), row.GetInt32(5) != 0,
                CallCursor.Time(row.GetInt64(6))));
        }

        return webhooks;
    }
}
