using Conference.Actors.Calls;

namespace Conference.Node.ReadModel;

/// <summary>
/// Forgets call records that ended longer ago than <c>Calls:KeepDays</c>, once an hour. The events they came from stay in the journal: a room is
/// recovered from them.
/// </summary>
/// <remarks>A deletion cannot be taken back, and clocks are set: no more time has passed than this process has seen pass since it started, and none of it counts
/// before a clock that was wrong at start has had time to be put right.</remarks>
/// <param name="keep">Null: for ever.</param>
/// <param name="calls">The records.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it reports.</param>
public sealed class CallRetention(TimeSpan? keep, ICallRecords calls, TimeProvider time, ILogger<CallRetention> log) : BackgroundService
{
    private static readonly TimeSpan _first = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (keep is not { } age)
            return;
        var startedAt = time.GetUtcNow();
        long started = time.GetTimestamp();
        using var timer = new PeriodicTimer(_first, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            timer.Period = _every;
            var (clock, seen) = (time.GetUtcNow(), startedAt + time.GetElapsedTime(started));
            try
            {
                int deleted = await calls.DeleteEndedBeforeAsync((clock < seen ? clock : seen) - age, stoppingToken);
                if (deleted > 0)
                    ReadModelLog.CallsDeleted(log, deleted, (int)age.TotalDays);
            }
            catch (StoreUnavailableException)
            {
                // The projection says so; there is another hour.
            }
        }
    }
}
