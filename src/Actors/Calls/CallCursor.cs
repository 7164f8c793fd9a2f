using System.Globalization;

namespace Conference.Actors.Calls;

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
