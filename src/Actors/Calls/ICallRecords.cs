using System.Globalization;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Calls;

/// <summary>Who was in which room, and when.</summary>
public interface ICallRecords
{
    /// <exception cref="FormatException"><see cref="CallQuery.After"/> is no cursor.</exception>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default);

    /// <summary>Retention: forgets what ended before <paramref name="time"/>. What goes on is kept.</summary>
    /// <param name="time">When, at the latest.</param>
    /// <param name="domains">Of which domains.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were deleted.</returns>
    Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, DomainChoice domains, CancellationToken cancellationToken = default);
}

/// <summary>Some domains, or all others.</summary>
/// <param name="Named">Which.</param>
/// <param name="IsAllBut">All others are meant.</param>
public sealed record DomainChoice(IReadOnlyList<Domain> Named, bool IsAllBut)
{
    public static DomainChoice All { get; } = new([], IsAllBut: true);
}

/// <summary>Which call records. What is null does not matter.</summary>
public sealed record CallQuery
{
    /// <summary>Of one domain. That of <see cref="Room"/> and of <see cref="User"/>, where they are given.</summary>
    public Domain? Domain { get; init; }

    public Name? Room { get; init; }

    public Name? User { get; init; }

    public string? Node { get; init; }

    /// <summary>Started at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Started before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only what has not ended.</summary>
    public bool OnlyOpen { get; init; }

    /// <summary>The <see cref="CallRecordPage.Next"/> of the page before.</summary>
    public string? After { get; init; }

    public int Limit { get; init; } = 100;
}

/// <param name="Records">The latest started first. Records that start later never move a page that was read.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record CallRecordPage(IReadOnlyList<CallRecord> Records, string? Next);

/// <summary>The place after one record: when it started and which it was. Stable, whatever is added or deleted around it.</summary>
/// <param name="StartedMicros">Microseconds since 1970.</param>
/// <param name="Id">Breaks ties.</param>
public readonly record struct CallCursor(long StartedMicros, Guid Id)
{
    public static CallCursor Of(CallRecord record) => new(Micros(record.Started), record.Id);

    public static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <exception cref="FormatException">No cursor of ours.</exception>
    public static CallCursor Parse(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long micros)
            && Guid.TryParseExact(text.AsSpan(dash + 1), "N", out var id)
                ? new CallCursor(micros, id)
                : throw new FormatException("not a cursor that a page of call records ended with");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StartedMicros}-{Id:N}");
}

/// <summary>The store is away: nothing was read or changed, and it may be tried again.</summary>
public sealed class StoreUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
