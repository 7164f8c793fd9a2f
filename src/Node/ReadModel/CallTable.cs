using System.Data.Common;
using System.Globalization;
using System.Text;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.ReadModel;

/// <summary>
/// Call records as rows, in SQL that both databases speak. Times are microseconds since 1970; services are comma separated, their names have no commas.
/// </summary>
internal static class CallTable
{
    private const string Columns = "id, domain, room, member, session, services, node, started, ended, ending, bytes_in, bytes_out, packets_in, packets_out";

    /// <summary>Told again, it changes nothing of how the call ended.</summary>
    private const string Start =
        """
        insert into conference_call (id, domain, room, member, session, services, node, started, ended, ending, bytes_in, bytes_out, packets_in, packets_out)
        values (@id, @domain, @room, @member, @session, '', @node, @started, null, 0, 0, 0, 0, 0)
        on conflict (id) do update set domain = excluded.domain, room = excluded.room, member = excluded.member, session = excluded.session,
            node = excluded.node, started = excluded.started
        """;

    /// <summary>Rooms once wrote the end by a clock that may have been set back meanwhile: no call ends before it began.</summary>
    private const string End =
        """
        update conference_call set ended = case when started > @ended then started else @ended end, ending = @ending, services = @services, bytes_in = @bytes_in, bytes_out = @bytes_out,
            packets_in = @packets_in, packets_out = @packets_out where id = @id
        returning domain, started, ended
        """;

    internal static Task StartAsync(DbConnection connection, EntityName room, RoomEvent.CallStarted call, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            Start,
            cancellationToken,
            ("@id", Id(call.Call)), ("@domain", room.Domain), ("@room", room.Name), ("@member", call.User.Local), ("@session", call.Session),
            ("@node", call.Node), ("@started", CallCursor.Micros(call.At)));

    /// <summary>Where the row is that its start made. There is none if that could not be read, or retention was faster.</summary>
    /// <returns>When it was, as the record has it; null where there is none.</returns>
    internal static async Task<CallSpan?> EndAsync(DbConnection connection, RoomEvent.CallEnded call, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            End,
            ("@id", Id(call.Call)), ("@ended", CallCursor.Micros(call.At)), ("@ending", (int)call.End),
            ("@services", call.Totals.Services.IsDefault ? "" : string.Join(',', call.Totals.Services)),
            ("@bytes_in", call.Totals.BytesIn), ("@bytes_out", call.Totals.BytesOut),
            ("@packets_in", call.Totals.PacketsIn), ("@packets_out", call.Totals.PacketsOut));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new CallSpan(row.GetString(0), row.GetInt64(1), row.GetInt64(2)) : null;
    }

    /// <summary>A recording of its member begins.</summary>
    internal static Task RecordAsync(DbConnection connection, RoomEvent.RecordingBegan recording, CancellationToken cancellationToken) => connection.ExecuteAsync(
        "update conference_call set recording = @at where id = @id", cancellationToken, ("@id", Id(recording.Call)), ("@at", CallCursor.Micros(recording.At)));

    /// <returns>When it was; null where there is no record.</returns>
    internal static async Task<CallSpan?> EndRecordingAsync(DbConnection connection, RoomEvent.RecordingEnded recording, CancellationToken cancellationToken)
    {
        CallSpan span;
        await using (var command = connection.Command("select domain, recording from conference_call where id = @id and recording is not null", ("@id", Id(recording.Call))))
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            if (!await row.ReadAsync(cancellationToken))
                return null;
            span = new CallSpan(row.GetString(0), row.GetInt64(1), CallCursor.Micros(recording.At));
        }

        await connection.ExecuteAsync("update conference_call set recording = null where id = @id", cancellationToken, ("@id", Id(recording.Call)));
        return span;
    }

    internal static Task<CallRecordPage> QueryAsync(ConferenceStore store, CallQuery query, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("select ").Append(Columns).Append(" from conference_call where 1 = 1");
        var parameters = new List<(string, object?)>();
        var domain = query.Domain ?? query.Room?.Domain ?? query.User?.Domain;
        Where(domain is { }, " and domain = @domain", "@domain", domain?.ToString());
        Where(query.Room is { }, " and room = @room", "@room", query.Room?.Local);
        Where(query.User is { }, " and member = @member", "@member", query.User?.Local);
        Where(query.Node is not null, " and node = @node", "@node", query.Node);
        Where(query.From is not null, " and started >= @from", "@from", query.From is { } from ? CallCursor.Micros(from) : null);
        Where(query.To is not null, " and started < @to", "@to", query.To is { } to ? CallCursor.Micros(to) : null);
        if (query.OnlyOpen)
            sql.Append(" and ended is null");
        if (query.After is not null)
        {
            var after = CallCursor.Parse(query.After);
            Where(true, " and (started, id) < (@started, @id)", "@started", after.StartedMicros);
            parameters.Add(("@id", Id(after.Id)));
        }

        Where(true, " order by started desc, id desc limit @limit", "@limit", query.Limit + 1);
        return store.UseAsync(
            async (connection, token) =>
            {
                var records = new List<CallRecord>();
                await using var command = connection.Command(sql.ToString(), [.. parameters]);
                await using var reader = await command.ExecuteReaderAsync(token);
                while (await reader.ReadAsync(token))
                    records.Add(Read(reader));
                bool more = records.Count > query.Limit;
                if (more)
                    records.RemoveAt(query.Limit);
                return new CallRecordPage(records, more ? CallCursor.Of(records[^1]).ToString() : null);
            },
            cancellationToken);

        void Where(bool applies, string condition, string name, object? value)
        {
            if (!applies)
                return;
            sql.Append(condition);
            parameters.Add((name, value));
        }
    }

    internal static Task<int> DeleteEndedBeforeAsync(ConferenceStore store, DateTimeOffset time, DomainChoice domains, CancellationToken cancellationToken)
    {
        var named = domains.Named.Select((domain, i) => (Name: string.Create(CultureInfo.InvariantCulture, $"@d{i}"), Value: (object?)domain.ToString())).ToArray();
        string which = named.Length > 0 ? $" and domain {(domains.IsAllBut ? "not in" : "in")} ({string.Join(", ", named.Select(n => n.Name))})" : "";
        return domains is { IsAllBut: false, Named: [] }
            ? Task.FromResult(0)
            : store.UseAsync(
                (connection, token) => connection.ExecuteAsync(
                    "delete from conference_call where ended < @ended" + which, token, [("@ended", CallCursor.Micros(time)), .. named]),
                cancellationToken);
    }

    private static string Id(Guid id) => id.ToString("N");

    private static CallRecord Read(DbDataReader row)
    {
        var domain = Domain.Written(row.GetString(1));
        return new CallRecord
        {
            Id = Guid.ParseExact(row.GetString(0), "N"),
            Room = Name.Written(row.GetString(2), domain),
            User = Name.Written(row.GetString(3), domain),
            Session = row.GetInt64(4),
            Services = row.GetString(5).Split(',', StringSplitOptions.RemoveEmptyEntries),
            Node = row.GetString(6),
            Started = CallCursor.Time(row.GetInt64(7)),
            Ended = row.IsDBNull(8) ? null : CallCursor.Time(row.GetInt64(8)),
            End = (CallEnd)row.GetInt32(9),
            BytesIn = row.GetInt64(10),
            BytesOut = row.GetInt64(11),
            PacketsIn = row.GetInt64(12),
            PacketsOut = row.GetInt64(13),
        };
    }
}

/// <summary>From when to when a call was, or a recording, in microseconds since 1970.</summary>
/// <param name="Domain">Of its room.</param>
/// <param name="Started">As the record has it.</param>
/// <param name="Ended">Not before <paramref name="Started"/>.</param>
internal readonly record struct CallSpan(string Domain, long Started, long Ended);
