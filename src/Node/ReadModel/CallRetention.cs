using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Protocol.Addresses;

namespace Conference.Node.ReadModel;

/// <summary>
/// Forgets call records that ended longer ago than their domain's rule says, or <c>Calls:KeepDays</c>, once an hour. The events they came from stay in the
/// journal: a room is recovered from them.
/// </summary>
/// <remarks>A deletion cannot be taken back, and clocks are set: no more time has passed than this process has seen pass since it started, and none of it counts
/// before a clock that was wrong at start has had time to be put right.</remarks>
/// <param name="keep">Where a domain says nothing else; null: for ever.</param>
/// <param name="domains">What domains say.</param>
/// <param name="calls">The records.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it reports.</param>
public sealed class CallRetention(TimeSpan? keep, DomainTable domains, ICallRecords calls, TimeProvider time, ILogger<CallRetention> log) : BackgroundService
{
    /// <summary>Domains named in one statement.</summary>
    private const int MostAtOnce = 500;

    private static readonly TimeSpan _first = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var startedAt = time.GetUtcNow();
        long started = time.GetTimestamp();
        using var timer = new PeriodicTimer(_first, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            timer.Period = _every;
            var (clock, seen) = (time.GetUtcNow(), startedAt + time.GetElapsedTime(started));
            try
            {
                await DeleteAsync(clock < seen ? clock : seen, stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                // The projection says so; there is another hour.
            }
        }
    }

    private async Task DeleteAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var byDays = domains.All.ToLookup(d => domains.RulesOf(d).KeepDays);
        Domain[] own = [.. byDays.Where(same => same.Key is not null).SelectMany(same => same)];
        foreach (var same in byDays)
        {
            if (same.Key is not { } days)
                continue;
            foreach (var some in same.Chunk(MostAtOnce))
                await DeleteAsync(now, TimeSpan.FromDays(days), new DomainChoice(some, IsAllBut: false), cancellationToken);
        }

        if (keep is { } age)
            await DeleteAsync(now, age, new DomainChoice(own, IsAllBut: true), cancellationToken);
    }

    private async Task DeleteAsync(DateTimeOffset now, TimeSpan age, DomainChoice which, CancellationToken cancellationToken)
    {
        int deleted = await calls.DeleteEndedBeforeAsync(now - age, which, cancellationToken);
        if (deleted > 0)
            ReadModelLog.CallsDeleted(log, deleted, (int)age.TotalDays);
    }
}
