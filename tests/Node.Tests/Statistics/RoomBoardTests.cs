using Conference.Node.Statistics;

namespace Conference.Node.Tests.Statistics;

public sealed class RoomBoardTests
{
    private readonly RoomBoard _board = RoomBoard.Of(
    [
        new NodeStatistics { Id = "a", RoomsHere = 2, Rooms = [Room("standup", 2, bitsIn: 100), Room("lobby", 9, bitsOut: 5, expected: 10, lost: 1)] },
        new NodeStatistics { Id = "b", RoomsHere = 2, Rooms = [Room("standup", 3, bitsIn: 50), Room("chess", 1, expected: 10, lost: 5)] },
    ]);

    [Fact]
    public void A_room_on_two_nodes_is_one_room()
    {
        var room = _board.In(RoomOrder.In, null)[0];

        Assert.Equal(3, _board.Count);
        Assert.Equal(("standup", 5, 150d), (room.Name, room.Members, room.Flow.BitsIn));
        Assert.Equal([("b", 3), ("a", 2)], room.Nodes);
    }

    [Theory]
    [InlineData(RoomOrder.Name, "chess lobby standup")]
    [InlineData(RoomOrder.Members, "lobby standup chess")]
    [InlineData(RoomOrder.Out, "lobby chess standup")]
    [InlineData(RoomOrder.Loss, "chess lobby standup")]
    public void Names_go_upwards_and_everything_else_downwards(RoomOrder order, string expected) =>
        Assert.Equal(expected, string.Join(' ', _board.In(order, null).Select(r => r.Name)));

    [Fact]
    public void Part_of_a_name_finds_a_room_whatever_its_case() =>
        Assert.Equal("standup", Assert.Single(_board.In(RoomOrder.Name, "AND")).Name);

    [Fact]
    public void A_node_that_does_not_tell_of_all_its_rooms_is_noticed()
    {
        var statistics = new NodeStatistics
        {
            Id = "a", RoomsHere = LocalStatistics.MostRooms + 1, Rooms = [.. Enumerable.Range(0, LocalStatistics.MostRooms).Select(i => Room($"r{i}", 1))],
        };

        Assert.False(RoomBoard.Of([statistics]).IsComplete);
        Assert.True(_board.IsComplete);
    }

    private static RoomStatistics Room(string name, int members, float bitsIn = 0, float bitsOut = 0, float expected = 0, float lost = 0) =>
        new() { Name = name, Members = members, BitsIn = bitsIn, BitsOut = bitsOut, PacketsExpected = expected, PacketsLost = lost };
}
