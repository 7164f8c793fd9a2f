using System.Diagnostics;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Actors.Tracing;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Cluster;

public sealed class EntityExtractorTests
{
    private readonly EntityExtractor _extractor = new();

    [Fact]
    public void Every_shard_has_a_keeper_that_falls_into_it()
    {
        for (int shard = 0; shard < EntityExtractor.ShardCount; shard++)
        {
            string id = _extractor.EntityId(new ShardKeeperActor.Touch(shard, OfRooms: false))!;
            Assert.True(EntityExtractor.IsKeeper(id));
            Assert.Equal($"{shard}", _extractor.ShardId(id));
        }

        Assert.Equal(64, Enumerable.Range(0, 64).Select(s => _extractor.EntityId(new ShardKeeperActor.Touch(s, OfRooms: true))).Distinct().Count());
    }

    [Fact]
    public void No_user_or_room_is_taken_for_a_keeper()
    {
        Assert.False(Name.TryParse("~0", out _));
        Assert.False(EntityExtractor.IsKeeper(EntityIds.Of(Name.Parse("0"))));
    }

    [Fact]
    public void A_message_names_its_entity_by_domain_and_name_with_or_without_a_trace()
    {
        var find = new UserQueries.Find(Name.Parse("joe"));
        Assert.Equal("default/joe", _extractor.EntityId(find));
        Assert.Equal("default/standup", _extractor.EntityId(new RoomQueries.Find(Name.Parse("standup"))));
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        Assert.Equal("default/joe", _extractor.EntityId(new Traced(find, trace)));
        Assert.Null(_extractor.EntityId("something else"));
    }

    /// <summary>What is stored is stored under these, and a name's shard must be the same on every node: never change them.</summary>
    [Fact]
    public void Names_are_where_they_always_were()
    {
        Assert.Equal("user/default/joe", EntityIds.User(Name.Parse("joe")));
        Assert.Equal("room/default/standup", EntityIds.Room(Name.Parse("standup")));
        Assert.Equal(Name.Parse("joe"), EntityIds.NameIn("user/default/joe"));
        Assert.Equal(64, EntityExtractor.ShardCount);
        Assert.Equal(("59", "45"), (_extractor.ShardId("default/joe"), _extractor.ShardId("default/standup")));
    }
}
