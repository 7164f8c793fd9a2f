using System.Runtime.CompilerServices;

namespace Conference.Node.Tests.Akka.Support;

internal static class Eventually
{
    /// <summary>Waits until it holds. Generous: the machine may be slow.</summary>
    public static async Task IsTrueAsync(Func<bool> holds, int seconds = 30, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        long end = Environment.TickCount64 + (seconds * 1000);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!holds())
        {
            Assert.True(Environment.TickCount64 < end, $"after {seconds} s not: {what}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public static async Task IsTrueAsync(Func<Task<bool>> holds, int seconds = 30, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        long end = Environment.TickCount64 + (seconds * 1000);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holds())
        {
            Assert.True(Environment.TickCount64 < end, $"after {seconds} s not: {what}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
