using Conference.Actors.Calls;

namespace Conference.Node.ReadModel;

/// <summary>
/// Forgets call records that ended longer ago than <c>Calls:KeepDays</c>, once an hour. The events they came from stay in the journal: a room is
/// recovered from them.
/// </summary>
/// <param name="keep">Null: for ever.</param>
/// <param name="calls">The records.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it reports.</param>
public sealed class CallRetention(TimeSpan? keep, ICallRecords calls, TimeProvider time, ILogger<CallRetention> log) : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (keep is not { } age)
            return;
        using var timer = new PeriodicTimer(_every, time);
        do
        {
            try
            {
                int deleted = await calls.DeleteEndedBeforeAsync(time.GetUtcNow() - age, stoppingToken);
                if (deleted > 0)
                    ReadModelLog.CallsDeleted(log, deleted, (int)age.TotalDays);
            }
            catch (StoreUnavailableException)
            {
                // The projection says so; there is another hour.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
