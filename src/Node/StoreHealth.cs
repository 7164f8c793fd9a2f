using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Node.Store;

namespace Conference.Node;

/// <summary>Whether the store stores, looked at every second: readiness says so, entities refuse what they cannot store, and no client has to find out.</summary>
public sealed class StoreHealth(ConferenceStore store, TimeProvider time, ILogger<StoreHealth> log) : BackgroundService, IStoreHealth
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);

    private volatile bool _isWell = true;

    public bool IsWell => _isWell;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await store.CheckAsync(stoppingToken);
                if (!_isWell)
                    StoreLog.Back(log);
                _isWell = true;
            }
            catch (StoreUnavailableException e)
            {
                if (_isWell)
                    StoreLog.Away(log, (e.InnerException ?? e).Message);
                _isWell = false;
            }
        }
    }
}
