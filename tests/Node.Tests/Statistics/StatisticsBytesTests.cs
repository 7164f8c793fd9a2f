using System.Collections.Immutable;
using Conference.Node.Statistics;
using MessagePack;

namespace Conference.Node.Tests.Statistics;

/// <summary>What a node says of itself reaches another, and nothing another says does any harm.</summary>
public sealed class StatisticsBytesTests
{
    [Fact]
    public void Everything_arrives()
    {
        var statistics = new NodeStatistics
        {
            Id = "a", Name = "node-1", Condition = NodeCondition.Draining, Version = "1", Started = 2, Sessions = 3, Drops = ImmutableDictionary<string, double>.Empty.Add("muted", 4),
            DelayP50Seconds = 5e-6, Peers = [new PeerLink("b", "node-2", true, 0.001)], Rooms = [new RoomStatistics { Name = "standup", Members = 2, BitsIn = 1e6f }],
        };

        var read = StatisticsBytes.Read(StatisticsBytes.Write(statistics))!;

        // Sequences are equal by reference only.
        Assert.Equal(statistics.Peers, read.Peers.AsEnumerable());
        Assert.Equal(statistics.Rooms, read.Rooms.AsEnumerable());
        Assert.Equal(statistics.Drops.AsEnumerable(), read.Drops);
        Assert.Equal(statistics with { Peers = [], Rooms = [], Drops = ImmutableDictionary<string, double>.Empty }, read with { Peers = [], Rooms = [], Drops = ImmutableDictionary<string, double>.Empty });
        Assert.Null(read.DelayP99Seconds);
    }

    [Fact]
    public void As_many_rooms_as_are_told_of_fit_into_a_message()
    {
        var rooms = Enumerable.Range(0, LocalStatistics.MostRooms).Select(i => new RoomStatistics
        {
            Name = $"{i:0000}{new string('x', 60)}", Members = 1000, BitsIn = 1.1f, BitsOut = 1.1f, Drops = 1.1f, PacketsExpected = 1.1f, PacketsLost = 1.1f,
        });
        Assert.InRange(StatisticsBytes.Write(new NodeStatistics { Rooms = [.. rooms] }).Length, 1, 256 * 1024);
    }

    [Fact]
    public void A_node_of_another_release_may_say_less_or_more()
    {
        var little = StatisticsBytes.Read(MessagePackSerializer.Serialize<object[]>(["a", "node-1", 99], cancellationToken: TestContext.Current.CancellationToken))!;
        Assert.Equal(("a", "node-1", NodeCondition.NotReady, ""), (little.Id, little.Name, little.Condition, little.Version));
        Assert.Empty(little.Drops);
        Assert.Empty(little.Rooms);
        Assert.Empty(little.Peers);

        object?[] much = [.. Enumerable.Repeat<object?>(null, 20), null, .. Enumerable.Repeat<object?>(0.0, 8), null, null, new object?[] { null }, new object?[] { null, new object?[] { null, 1 } }, "what comes next", new int[3]];
        for (int i = 4; i < 20; i++)
            much[i] = 0;
        much[2] = 1;
        var read = StatisticsBytes.Read(MessagePackSerializer.Serialize(much, cancellationToken: TestContext.Current.CancellationToken))!;
        Assert.Equal(("", NodeCondition.Ready), (read.Name, read.Condition));
        Assert.Empty(read.Rooms);
        Assert.Empty(read.Peers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("c0")]
    [InlineData("93")]
    [InlineData("ddffffffff")]
    [InlineData("a161")]
    public void Nonsense_is_nothing(string hex) => Assert.Null(StatisticsBytes.Read(Convert.FromHexString(hex)));
}
