using Conference.Actors.TestKit;

namespace Conference.Node.Tests.Links.Support;

/// <summary>Has a test's clock go on as fast as real time does, for what takes as long as real sockets take.</summary>
internal sealed class RealPace : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _going;

    public RealPace(VirtualTime time) => _going = GoAsync(time, _end.Token);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _going;
        _end.Dispose();
    }

    private static async Task GoAsync(VirtualTime time, CancellationToken end)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        long last = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                long now = TimeProvider.System.GetTimestamp();
                time.Advance(TimeProvider.System.GetElapsedTime(last, now));
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }
}
