using Conference.Actors.Sessions;

namespace Conference.Actors.Tests.Sessions;

public sealed class SignInPaceTests
{
    private readonly SignInPace _pace = new();

    [Fact]
    public void Who_comes_alone_goes_at_once()
    {
        Assert.Equal(TimeSpan.Zero, _pace.Delay(TimeSpan.FromHours(1)));
        Assert.Equal(TimeSpan.Zero, _pace.Delay(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void All_who_come_at_once_go_one_after_the_other_twenty_thousand_a_second()
    {
        var now = TimeSpan.FromHours(1);
        var delays = Enumerable.Range(0, 50_000).Select(_ => _pace.Delay(now)).ToArray();
        Assert.Equal(delays.Distinct().Count(), delays.Length);
        Assert.Equal(TimeSpan.FromSeconds(49_999 / 20_000.0), delays.Max());

        // Those who come meanwhile wait behind them; once all have gone, nobody waits.
        Assert.Equal(TimeSpan.FromSeconds(0.5), _pace.Delay(now + TimeSpan.FromSeconds(2)));
        Assert.Equal(TimeSpan.Zero, _pace.Delay(now + TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void No_two_threads_get_the_same_turn()
    {
        var delays = new System.Collections.Concurrent.ConcurrentBag<TimeSpan>();
        Parallel.For(0, 20_000, _ => delays.Add(_pace.Delay(TimeSpan.Zero)));
        Assert.Equal(20_000, delays.Distinct().Count());
    }
}
