using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Conference.Node.Api.Access;
using Conference.Node.ReadModel;

namespace Conference.Node.Api;

/// <summary><c>usage</c>: what to bill, by day.</summary>
internal static class UsageApi
{
    /// <summary>Of one answer.</summary>
    public const int MostDays = 366;

    private const string Json = "json", Csv = "csv";

    public static void MapUsage(this RouteGroupBuilder api, string suffix) =>
        api.MapGet("/usage", Read).WithName("readUsage" + suffix).Needs(Rights.Read).Produces<UsageModel>(200, "application/json", "text/csv").ProducesProblem(400);

    /// <summary>What was used, by day in UTC: to the microsecond what the call records come to.</summary>
    /// <remarks>A stay in a room that goes on counts as far as it has come; its bytes count on the day it ends. One who is in two rooms is two members. Days of which nothing is to be
    /// told are left out. At most 366 days are told at once.</remarks>
    /// <param name="from">The first day, like 2026-11-01, or a time on it as RFC 3339 has it; the first of this month where it is left out.</param>
    /// <param name="to">The day after the last, or a time on the last; after today where it is left out.</param>
    /// <param name="format">`csv` is a line of names, and one for each day.</param>
    /// <response code="200">The days, and their sum.</response>
    public static async Task<IResult> Read(
        ApiDomain domain, ReadModels models, TimeProvider time, HttpContext context, string? from, string? to,
        [AllowedValues(Json, Csv), DefaultValue(Json)] string? format)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (TryDay(from, new DateOnly(today.Year, today.Month, 1), isEnd: false) is not { } first)
            return ApiProblems.BadRequest(Must("from"), "from");
        if (TryDay(to, today.AddDays(1), isEnd: true) is not { } end)
            return ApiProblems.BadRequest(Must("to"), "to");
        if (end.DayNumber - first.DayNumber is < 0 or > MostDays)
            return ApiProblems.BadRequest(string.Create(CultureInfo.InvariantCulture, $"from must not be after to, and at most {MostDays} days before it"), "from");
        var usage = new UsageModel(first, end, [.. (await models.UsageAsync(domain.Value, first, end, now, context.RequestAborted)).Select(UsageDayModel.Of)]);
        return format == Csv ? TypedResults.Text(Lines(usage), "text/csv", Encoding.UTF8) : TypedResults.Ok(usage);
    }

    /// <param name="said">A day or a time, as RFC 3339 has both.</param>
    /// <param name="otherwise">Where nothing was said.</param>
    /// <param name="isEnd">A time within a day means that this day is still told.</param>
    /// <returns>Null for what is neither.</returns>
    private static DateOnly? TryDay(string? said, DateOnly otherwise, bool isEnd)
    {
        if (said is null)
            return otherwise;
        if (DateOnly.TryParseExact(said, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        if (InputRule.TryTime(said) is not { UtcDateTime: var at })
            return null;
        day = DateOnly.FromDateTime(at);
        return isEnd && at.TimeOfDay > TimeSpan.Zero && day < DateOnly.MaxValue ? day.AddDays(1) : day;
    }

    private static string Must(string name) => $"{name} must be a day like 2026-11-01, or a time as RFC 3339 has it, like 2026-11-01T00:00:00Z";

    /// <summary>By RFC 4180. Numbers and days only, so that no cell is a formula to whoever opens it.</summary>
    private static string Lines(UsageModel usage)
    {
        var lines = new StringBuilder("day,member_minutes,joins,peak_members,bytes_in,bytes_out,recorded_minutes\r\n");
        foreach (var day in usage.Days)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{day.Day:yyyy-MM-dd},{day.MemberMinutes},{day.Joins},{day.PeakMembers},{day.BytesIn},{day.BytesOut},{day.RecordedMinutes}\r\n");
        }

        return lines.ToString();
    }
}

/// <summary>What was used.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">The day after the last.</param>
/// <param name="Days">Of which there is something to tell, the earliest first.</param>
public sealed record UsageModel(DateOnly From, DateOnly To, IReadOnlyList<UsageDayModel> Days)
{
    /// <summary>Of all days together.</summary>
    public decimal MemberMinutes => Days.Sum(d => d.MemberMinutes);

    /// <summary>Of all days together.</summary>
    public long Joins => Days.Sum(d => d.Joins);

    /// <summary>On the day that had most.</summary>
    public int PeakMembers => Days.Select(d => d.PeakMembers).DefaultIfEmpty().Max();

    /// <summary>Of all days together.</summary>
    public long BytesIn => Days.Sum(d => d.BytesIn);

    /// <summary>Of all days together.</summary>
    public long BytesOut => Days.Sum(d => d.BytesOut);

    /// <summary>Of all days together.</summary>
    public decimal RecordedMinutes => Days.Sum(d => d.RecordedMinutes);
}

/// <summary>What was used on one day.</summary>
/// <param name="Day">In UTC.</param>
/// <param name="MemberMinutes">How long members were in rooms, added up.</param>
/// <param name="Joins">How many times somebody came into a room.</param>
/// <param name="PeakMembers">Most members at a time.</param>
/// <param name="BytesIn">From members, in stays that ended on this day.</param>
/// <param name="BytesOut">To members, in the same.</param>
/// <param name="RecordedMinutes">How long members said that they record, added up.</param>
public sealed record UsageDayModel(DateOnly Day, decimal MemberMinutes, long Joins, int PeakMembers, long BytesIn, long BytesOut, decimal RecordedMinutes)
{
    internal static UsageDayModel Of(Usage usage) => new(
        usage.Day, Minutes(usage.Sum.MemberMicros), usage.Sum.Joins, usage.Sum.PeakMembers, usage.Sum.BytesIn, usage.Sum.BytesOut, Minutes(usage.Sum.RecordedMicros));

    private static decimal Minutes(long micros) => Math.Round(micros / 60_000_000m, 9);
}
