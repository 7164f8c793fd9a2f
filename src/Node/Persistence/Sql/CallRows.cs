using System.Data.Common;
using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Node.Persistence.Sql;

/// <summary>A call record as a row. Times are microseconds since 1970; services are comma separated, their names have no commas.</summary>
internal static class CallRows
{
    internal const string Columns =
        "id, room, member, session, services, node, started, ended, ending, bytes_in, bytes_out, packets_in, packets_out";

    internal const string OnConflict =
        """
        on conflict (id) do update set room = excluded.room, member = excluded.member, session = excluded.session,
        services = excluded.services, node = excluded.node, started = excluded.started, ended = excluded.ended, ending = excluded.ending,
        bytes_in = excluded.bytes_in, bytes_out = excluded.bytes_out, packets_in = excluded.packets_in, packets_out = excluded.packets_out
        """;

    internal static string Services(CallRecord record) => string.Join(',', record.Services);

    internal static long? Ended(CallRecord record) => record.Ended is { } ended ? CallCursor.Micros(ended) : null;

    internal static CallRecord Read(DbDataReader row) => new()
    {
        Id = Guid.ParseExact(row.GetString(0), "N"),
        Room = Name.Parse(row.GetString(1)),
        User = Name.Parse(row.GetString(2)),
        Session = row.GetInt64(3),
        Services = row.GetString(4).Split(',', StringSplitOptions.RemoveEmptyEntries),
        Node = row.GetString(5),
        Started = CallCursor.Time(row.GetInt64(6)),
        Ended = row.IsDBNull(7) ? null : CallCursor.Time(row.GetInt64(7)),
        End = (CallEnd)row.GetInt32(8),
        BytesIn = row.GetInt64(9),
        BytesOut = row.GetInt64(10),
        PacketsIn = row.GetInt64(11),
        PacketsOut = row.GetInt64(12),
    };
}
