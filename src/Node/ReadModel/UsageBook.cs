using System.Data.Common;
using System.Globalization;
using Conference.Actors.Calls;
using Conference.Node.Store;

namespace Conference.Node.ReadModel;

/// <summary>
/// What each domain used by day (UTC), summed up from the beginnings and ends of calls. Sums are kept when the records they come from are deleted. Part of the
/// projection: what it adds is written in the projection's transaction, so that each event counts once.
/// </summary>
internal sealed class UsageBook
{
    /// <summary>Days in which nothing began or ended, and somebody was in all the same, get a row each: no more of them than this, whatever a clock says.</summary>
    private const int MostQuietDays = 400;

    /// <summary>By domain: how many are in, and the last day of which there is a row.</summary>
    private readonly Dictionary<string, (int Members, DateOnly LastDay)> _domains = [];

    /// <summary>What is to be added to the rows there are.</summary>
    private readonly SortedDictionary<(string Domain, DateOnly Day), UsageSum> _sums = [];

    /// <summary>Nothing is summed up yet.</summary>
    internal async Task ClearAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        _domains.Clear();
        _sums.Clear();
        await UsageTable.ClearAsync(connection, cancellationToken);
    }

    /// <summary>Where the read models are: nothing that was added since and not committed is known any more.</summary>
    internal async Task ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        _domains.Clear();
        _sums.Clear();
        await using var command = connection.Command(
            """
            select domain, sum(members), max(day) from (
                select domain, count(*) as members, '' as day from conference_call where ended is null group by domain
                union all select domain, 0, max(day) from conference_usage group by domain) as known
            group by domain
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            _domains[row.GetString(0)] = (Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture), row.GetString(2) is { Length: > 0 } day ? UsageTable.Day(day) : default);
    }

    /// <param name="domain">Of the room.</param>
    /// <param name="at">Microseconds since 1970.</param>
    internal void Started(string domain, long at)
    {
        var day = UsageDay.Of(at);
        int members = Count(domain, day, +1);
        Add(domain, day, new UsageSum(Joins: 1, PeakMembers: members));
    }

    internal void Ended(CallSpan call, CallTotals totals)
    {
        foreach (var (day, length) in UsageDay.Split(call.Started, call.Ended))
            Add(call.Domain, day, new UsageSum(MemberMicros: length));
        var last = UsageDay.Of(call.Ended);
        Count(call.Domain, last, -1);
        Add(call.Domain, last, new UsageSum(BytesIn: totals.BytesIn, BytesOut: totals.BytesOut));
    }

    internal void Recorded(CallSpan recording)
    {
        foreach (var (day, length) in UsageDay.Split(recording.Started, recording.Ended))
            Add(recording.Domain, day, new UsageSum(RecordedMicros: length));
    }

    /// <summary>Adds what has come up, within a transaction.</summary>
    internal async Task WriteAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        // In one order, always: two of these cannot wait for each other.
        foreach (var ((domain, day), sum) in _sums)
            await UsageTable.AddAsync(connection, domain, day, sum, cancellationToken);
        _sums.Clear();
    }

    /// <returns>How many are in now.</returns>
    private int Count(string domain, DateOnly day, int change)
    {
        var (members, lastDay) = _domains.GetValueOrDefault(domain);
        for (var quiet = Later(lastDay.AddDays(1), day.AddDays(-MostQuietDays)); quiet <= day && members > 0; quiet = quiet.AddDays(1))
            Add(domain, quiet, new UsageSum(PeakMembers: members));
        members = Math.Max(0, members + change);
        _domains[domain] = (members, Later(lastDay, day));
        return members;
    }

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private void Add(string domain, DateOnly day, UsageSum sum) => _sums[(domain, day)] = _sums.GetValueOrDefault((domain, day)).Plus(sum);
}

/// <summary>A day's sums, or a part of them.</summary>
/// <param name="MemberMicros">Microseconds that members were in, added up.</param>
/// <param name="Joins">Calls that began.</param>
/// <param name="PeakMembers">Most that were in at a time.</param>
/// <param name="BytesIn">From members, in calls that ended on this day.</param>
/// <param name="BytesOut">To members, in the same.</param>
/// <param name="RecordedMicros">Microseconds that members said they recorded, added up.</param>
internal readonly record struct UsageSum(
    long MemberMicros = 0, long Joins = 0, int PeakMembers = 0, long BytesIn = 0, long BytesOut = 0, long RecordedMicros = 0)
{
    internal UsageSum Plus(UsageSum other) => new(
        MemberMicros + other.MemberMicros, Joins + other.Joins, Math.Max(PeakMembers, other.PeakMembers), BytesIn + other.BytesIn, BytesOut + other.BytesOut,
        RecordedMicros + other.RecordedMicros);
}

/// <summary>The days of UTC, and what of a span is on each.</summary>
internal static class UsageDay
{
    /// <param name="micros">Since 1970.</param>
    internal static DateOnly Of(long micros) => DateOnly.FromDateTime(CallCursor.Time(micros).UtcDateTime);

    /// <summary>How long of a span was on each day, in microseconds. Together they are the span.</summary>
    internal static IEnumerable<(DateOnly Day, long Micros)> Split(long from, long to)
    {
        while (from < to)
        {
            var day = Of(from);
            long end = Math.Min(to, Begin(day.AddDays(1)));
            yield return (day, end - from);
            from = end;
        }
    }

    /// <returns>Microseconds since 1970.</returns>
    internal static long Begin(DateOnly day) => CallCursor.Micros(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
}
