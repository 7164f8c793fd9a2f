using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

public sealed class IndexWindowTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void It_agrees_with_a_set_that_forgets_nothing(int seed)
    {
        var random = new Random(seed);
        var window = new IndexWindow();
        var seen = new HashSet<long>();
        long highest = -1;
        for (int i = 0; i < 50_000; i++)
        {
            long index = random.Next(20) switch
            {
                0 => highest + random.Next(1, 10_000),
                < 12 => highest + random.Next(1, 4),
                _ => Math.Max(0, highest - random.Next(0, 3000)),
            };
            bool isNew = window.IsNew(index);
            Assert.True(isNew ? !seen.Contains(index) : seen.Contains(index) || highest - index > IndexWindow.Size, $"{index} of {highest}");
            if (isNew)
            {
                window.Take(index);
                seen.Add(index);
            }

            highest = Math.Max(highest, index);
            Assert.Equal(highest, window.Highest);
        }
    }

    [Theory, InlineData(0), InlineData(63), InlineData(64), InlineData(1_000_000), InlineData((1L << 48) - 3000)]
    public void What_is_a_window_behind_is_known_and_what_is_older_is_refused(long start)
    {
        var window = new IndexWindow();
        window.Take(start + IndexWindow.Size);
        Assert.True(window.IsNew(start));
        window.Take(start);
        Assert.False(window.IsNew(start));
        Assert.False(window.IsNew(start - 64));
        Assert.False(window.IsNew(-1));
    }

    [Theory]
    [InlineData(-1, 65535, 65535)]
    [InlineData(65535, 0, 65536)]
    [InlineData(65536, 65535, 65535)]
    [InlineData(100, 65535, -1)]
    [InlineData(0x1_8000, 0x7FFF, 0x1_7FFF)]
    [InlineData((1L << 48) - 1, 0, -1)]
    public void The_index_is_the_nearest_that_ends_so(long highest, int sequence, long expected)
    {
        var source = new SrtpSource();
        if (highest >= 0)
            source.Window.Take(highest);
        Assert.Equal(expected, Math.Max(-1, SrtpSource.Guess(source, (ushort)sequence)));
    }
}
