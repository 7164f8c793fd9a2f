using Conference.Media.Trunks;

namespace Conference.Media.Tests.Trunks;

public sealed class ReplayWindowTests
{
    private readonly ReplayWindow _window = new();

    [Fact]
    public void Each_counter_is_taken_once_in_any_order()
    {
        uint[] counters = [.. Enumerable.Range(1, ReplayWindow.Size).Select(i => (uint)i)];
        new Random(1).Shuffle(counters);
        Assert.All(counters, c => Assert.True(_window.TryTake(c)));
        Assert.All(counters, c => Assert.False(_window.TryTake(c)));
        Assert.Equal((uint)ReplayWindow.Size, _window.Highest);
    }

    [Fact]
    public void It_is_long_enough_for_what_a_path_reorders() => Assert.True(ReplayWindow.Size >= 1024);

    [Theory, InlineData(1u), InlineData(63u), InlineData(64u), InlineData(65u), InlineData(1_000_000u), InlineData(uint.MaxValue - 5000)]
    public void What_is_a_window_behind_is_known_and_what_is_older_is_refused(uint start)
    {
        uint highest = start + ReplayWindow.Size;
        Assert.True(_window.TryTake(highest));
        Assert.True(_window.TryTake(start));
        Assert.False(_window.TryTake(start));
        Assert.False(highest > 2 * ReplayWindow.Size && _window.TryTake(highest - (2 * ReplayWindow.Size)));
    }

    [Fact]
    public void There_is_no_counter_zero_and_a_last_one()
    {
        Assert.False(_window.TryTake(0));
        Assert.True(_window.TryTake(uint.MaxValue));
        Assert.False(_window.TryTake(uint.MaxValue));
        Assert.False(_window.TryTake(0));
        Assert.True(_window.TryTake(uint.MaxValue - 1));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void It_agrees_with_a_set_that_forgets_nothing(int seed)
    {
        var random = new Random(seed);
        var seen = new HashSet<uint>();
        uint highest = 0;
        for (int i = 0; i < 50_000; i++)
        {
            uint counter = random.Next(20) switch
            {
                0 => highest + (uint)random.Next(1, 10_000),
                < 12 => highest + (uint)random.Next(1, 4),
                _ => (uint)Math.Max(1, highest - (long)random.Next(0, 6000)),
            };
            bool isNew = seen.Add(counter);
            bool isOld = highest > counter && highest - counter > ReplayWindow.Size;
            bool taken = _window.TryTake(counter);
            // What is just beyond the window may still be known; what was taken once never is again.
            Assert.True(taken ? isNew : !isNew || isOld, $"{counter} of {highest}");
            highest = Math.Max(highest, counter);
        }
    }
}
