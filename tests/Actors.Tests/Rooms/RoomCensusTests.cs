using Conference.Actors.Rooms;
using Prometheus;

namespace Conference.Actors.Tests.Rooms;

public sealed class RoomCensusTests
{
    private readonly RoomMetrics _census = new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));

    [Fact]
    public void Every_open_room_stands_at_its_size_and_moves_with_it()
    {
        _census.Change(default, new RoomSize(1, 1));
        _census.Change(default, new RoomSize(1, 1));
        _census.Change(new RoomSize(1, 1), new RoomSize(7, 2));

        Assert.Equal(2, _census.Open);
        Assert.Equal(7, _census.Largest);
        Assert.Equal([("1", 1), ("6-10", 1)], _census.ByMembers().Where(s => s.Rooms > 0));
        Assert.Equal([("1", 1), ("2", 1)], _census.ByNodes().Where(s => s.Rooms > 0));
    }

    [Fact]
    public void A_room_that_closes_is_counted_nowhere()
    {
        _census.Change(default, new RoomSize(5000, 12));
        Assert.Equal(("1001+", 1), _census.ByMembers()[^1]);
        Assert.Equal(("11+", 1), _census.ByNodes()[^1]);
        _census.Change(new RoomSize(5000, 12), default);

        Assert.Equal((0, 0), (_census.Open, _census.Largest));
        Assert.All(_census.ByMembers(), s => Assert.Equal(0, s.Rooms));
        Assert.All(_census.ByNodes(), s => Assert.Equal(0, s.Rooms));
    }

    [Fact]
    public void Steps_have_no_gap() => Assert.Equal(
        ["1", "2", "3-5", "6-10", "11-25", "26-50", "51-100", "101-250", "251-1000", "1001+"], _census.ByMembers().Select(s => s.Members));
}
