using Conference.Node.Limits;
using Conference.Node.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Node.Tests.Limits;

public sealed class MemoryReserveTests
{
    private readonly VirtualTime _time = new();
    private long _used;
    private int _collections;

    private MemoryReserve Reserve => field ??= new MemoryReserve(() => (_used, 1000), () => _collections++, _time, NullLogger<MemoryReserve>.Instance);

    [Theory]
    [InlineData(0, false)]
    [InlineData(749, false)]
    [InlineData(750, true)]
    [InlineData(1000, true)]
    public void The_last_quarter_is_for_those_who_are_in(int used, bool isShort)
    {
        _used = used;
        Assert.Equal(isShort, Reserve.IsShort());
    }

    [Fact]
    public void While_nobody_is_let_in_it_is_looked_for_what_is_free_but_not_for_everyone_who_comes()
    {
        _used = 900;
        for (int i = 0; i < 100; i++)
            Assert.True(Reserve.IsShort());
        Assert.Equal(1, _collections);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(Reserve.IsShort());
        Assert.Equal(2, _collections);

        _used = 100;
        Assert.False(Reserve.IsShort());
        Assert.Equal(2, _collections);
    }
}
