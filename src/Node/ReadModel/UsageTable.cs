using System.Data.Common;
using System.Globalization;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.ReadModel;

/// <summary>What a domain used on a day, as rows, in SQL that both databases speak. Days are <c>2026-11-30</c>.</summary>
internal static class UsageTable
{
    private const string DayFormat = "yyyy-MM-dd";

    internal static DateOnly Day(string text) => DateOnly.ParseExact(text, DayFormat, CultureInfo.InvariantCulture);

    internal static Task AddAsync(DbConnection connection, string domain, DateOnly day, UsageSum sum, CancellationToken cancellationToken) => connection.ExecuteAsync(
        """
        insert into conference_usage as u (domain, day, member_micros, joins, peak_members, bytes_in, bytes_out, recorded_micros)
        values (@domain, @day, @member_micros, @joins, @peak_members, @bytes_in, @bytes_out, @recorded_micros)
        on conflict (domain, day) do update set member_micros = u.member_micros + excluded.member_micros, joins = u.joins + excluded.joins,
            peak_members = case when u.peak_members > excluded.peak_members then u.peak_members else excluded.peak_members end,
            bytes_in = u.bytes_in + excluded.bytes_in, bytes_out = u.bytes_out + excluded.bytes_out,
            recorded_micros = u.recorded_micros + excluded.recorded_micros
        """,
        cancellationToken,
        ("@domain", domain), ("@day", Text(day)), ("@member_micros", sum.MemberMicros), ("@joins", sum.Joins), ("@peak_members", sum.PeakMembers),
        ("@bytes_in", sum.BytesIn), ("@bytes_out", sum.BytesOut), ("@recorded_micros", sum.RecordedMicros));

    internal static Task ClearAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync("delete from conference_usage", cancellationToken);

    /// <summary>The sums of the calls that have ended, and what those that go on have come to by now, by day.</summary>
    /// <param name="store">Where.</param>
    /// <param name="domain">Whose.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The day after the last.</param>
    /// <param name="now">Until when what goes on is counted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    internal static Task<IReadOnlyList<Usage>> QueryAsync(
        ConferenceStore store, Domain domain, DateOnly from, DateOnly to, DateTimeOffset now, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, token) =>
        {
            var days = new SortedDictionary<DateOnly, UsageSum>();
            int open = 0;
            // One question, and so of one moment: a call that ended between two would count twice, or not at all.
            await using var command = connection.Command(
                """
                select '' as day, started, 0, 0, 0, 0, recording from conference_call where domain = @domain and ended is null
                union all select day, member_micros, joins, peak_members, bytes_in, bytes_out, recorded_micros from conference_usage
                    where domain = @domain and day >= @from and day < @to
                order by 1, 2
                """,
                ("@domain", domain.ToString()), ("@from", Text(from)), ("@to", Text(to)));
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                if (row.GetString(0) is { Length: > 0 } day)
                    Add(Day(day), new UsageSum(row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)));
                else
                    AddOpen(row.GetInt64(1), row.IsDBNull(6) ? null : row.GetInt64(6), ++open);
            }

            return (IReadOnlyList<Usage>)[.. days.Where(d => d.Key >= from && d.Key < to).Select(d => new Usage(d.Key, d.Value))];

            // Those who are in now have been in together since this one came.
            void AddOpen(long started, long? recording, int members)
            {
                foreach (var (day, micros) in UsageDay.Split(started, CallCursor.Micros(now)))
                    Add(day, new UsageSum(micros, PeakMembers: members));
                foreach (var (day, micros) in UsageDay.Split(recording ?? long.MaxValue, CallCursor.Micros(now)))
                    Add(day, new UsageSum(RecordedMicros: micros));
            }

            void Add(DateOnly day, UsageSum sum) => days[day] = days.GetValueOrDefault(day).Plus(sum);
        },
        cancellationToken);

    private static string Text(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);
}

/// <summary>What a domain used on one day.</summary>
/// <param name="Day">In UTC.</param>
/// <param name="Sum">Of all that was on it.</param>
internal sealed record Usage(DateOnly Day, UsageSum Sum);
