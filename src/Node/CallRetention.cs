using Conference.Actors.Persistence;
using Conference.Node.Settings;

namespace Conference.Node;

/// <summary>Forgets call records that ended longer ago than <c>Calls:KeepDays</c>, once an hour.</summary>
public sealed class CallRetention(NodeSettings settings, ConferenceHost conference, TimeProvider time, ILogger<CallRetention> log) : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.CallRetention is not { } keep)
            return;
        using var timer = new PeriodicTimer(_every, time);
        do
        {
            try
            {
                int deleted = await conference.Store!.DeleteEndedBeforeAsync(time.GetUtcNow() - keep, stoppingToken);
                if (deleted > 0)
                    Log.CallRecordsDeleted(log, deleted, (int)keep.TotalDays);
            }
            catch (JournalUnavailableException)
            {
                // The store says so itself; there is another hour.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
