namespace Conference.Actors.Calls;

/// <summary>Who was in which room, and when.</summary>
public interface ICallRecords
{
    /// <exception cref="FormatException"><see cref="CallQuery.After"/> is no cursor.</exception>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default);

    /// <summary>Retention: forgets what ended before <paramref name="time"/>. What goes on is kept.</summary>
    /// <returns>How many were deleted.</returns>
    Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken = default);
}
