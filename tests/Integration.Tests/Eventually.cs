namespace Conference.Integration.Tests;

/// <summary>For what another process does in its own time: asked again until it holds or a deadline passes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    public static async Task EqualAsync<T>(T expected, Func<Task<T>> actual, TimeSpan? limit = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var started = TimeProvider.System.GetTimestamp();
        T last = await actual();
        while (!EqualityComparer<T>.Default.Equals(expected, last) && TimeProvider.System.GetElapsedTime(started) < (limit ?? _limit))
        {
            await timer.WaitForNextTickAsync();
            last = await actual();
        }

        Assert.Equal(expected, last);
    }

    public static Task EqualAsync<T>(T expected, Func<T> actual) => EqualAsync(expected, () => Task.FromResult(actual()));

    public static Task IsTrueAsync(Func<bool> condition, TimeSpan limit) => IsTrueAsync(() => Task.FromResult(condition()), limit);

    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < limit, "not in time");
            await timer.WaitForNextTickAsync();
        }
    }
}
