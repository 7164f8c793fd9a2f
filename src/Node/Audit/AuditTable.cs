using System.Data.Common;
using System.Text;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.Audit;

/// <summary>Which entries. What is null does not matter.</summary>
public sealed record AuditQuery
{
    public Domain? Domain { get; init; }

    public Name? Room { get; init; }

    public Name? User { get; init; }

    /// <summary>Done at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Done before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The <see cref="AuditPage.Next"/> of the page before.</summary>
    public string? After { get; init; }

    public required int Limit { get; init; }
}

/// <param name="Entries">The latest first.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? Next);

/// <summary>The audit log as rows, in SQL that both databases speak. Times are microseconds since 1970.</summary>
internal static class AuditTable
{
    private const string Columns = "id, at, operator, origin, node, act, room, member, on_node, details, status, domain, token";

    /// <summary>Done twice, it is there once.</summary>
    internal static Task StoreAsync(ConferenceStore store, AuditEntry entry, CancellationToken cancellationToken) => store.UseAsync(
        (connection, token) => connection.ExecuteAsync(
            $"""
            insert into conference_audit ({Columns})
            values (@id, @at, @operator, @origin, @node, @act, @room, @member, @on_node, @details, @status, @domain, @token) on conflict (id) do nothing
            """,
            token,
            ("@id", entry.Id.ToString("N")), ("@at", CallCursor.Micros(entry.At)), ("@operator", entry.Operator), ("@origin", entry.From), ("@node", entry.Node),
            ("@act", entry.Act), ("@room", entry.Room?.ToString()), ("@member", entry.User?.ToString()), ("@on_node", entry.OnNode), ("@details", entry.Details),
            ("@status", entry.Status), ("@domain", entry.Domain?.ToString()), ("@token", entry.Token)),
        cancellationToken);

    /// <exception cref="FormatException"><see cref="AuditQuery.After"/> is no cursor.</exception>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    internal static Task<AuditPage> QueryAsync(ConferenceStore store, AuditQuery query, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("select ").Append(Columns).Append(" from conference_audit where at >= @from");
        var parameters = new List<(string, object?)> { ("@from", query.From is { } from ? CallCursor.Micros(from) : 0L) };
        Where(query.Domain is { IsDefault: false }, " and domain = @domain", ("@domain", query.Domain?.ToString()));
        Where(query.Domain is { IsDefault: true }, " and domain is null");
        Where(query.Room is not null, " and room = @room", ("@room", query.Room?.ToString()));
        Where(query.User is not null, " and member = @member", ("@member", query.User?.ToString()));
        Where(query.To is not null, " and at < @to", ("@to", query.To is { } to ? CallCursor.Micros(to) : null));
        if (query.After is not null)
        {
            var after = CallCursor.Parse(query.After);
            Where(true, " and (at, id) < (@at, @id)", ("@at", after.StartedMicros), ("@id", after.Id.ToString("N")));
        }

        Where(true, " order by at desc, id desc limit @limit", ("@limit", query.Limit + 1));
        return store.UseAsync(
            async (connection, token) =>
            {
                var entries = new List<AuditEntry>();
                await using var command = connection.Command(sql.ToString(), [.. parameters]);
                await using var reader = await command.ExecuteReaderAsync(token);
                while (await reader.ReadAsync(token))
                    entries.Add(Read(reader));
                if (entries.Count <= query.Limit)
                    return new AuditPage(entries, null);
                entries.RemoveAt(query.Limit);
                return new AuditPage(entries, new CallCursor(CallCursor.Micros(entries[^1].At), entries[^1].Id).ToString());
            },
            cancellationToken);

        void Where(bool applies, string condition, params ReadOnlySpan<(string Name, object? Value)> values)
        {
            if (!applies)
                return;
            sql.Append(condition);
            parameters.AddRange(values);
        }
    }

    private static AuditEntry Read(DbDataReader row) => new(
        Guid.ParseExact(row.GetString(0), "N"), CallCursor.Time(row.GetInt64(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        NameAt(row, 6), NameAt(row, 7), row.IsDBNull(8) ? null : row.GetString(8), row.GetString(9), row.GetInt32(10))
    {
        Domain = row.IsDBNull(11) ? null : Domain.Written(row.GetString(11)),
        Token = row.IsDBNull(12) ? null : row.GetString(12),
    };

    private static Name? NameAt(DbDataReader row, int column) => row.IsDBNull(column) ? null : Name.Written(row.GetString(column));
}
