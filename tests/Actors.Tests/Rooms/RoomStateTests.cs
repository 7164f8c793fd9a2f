using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Protocol.Addresses;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Rooms;

/// <summary>What nodes say of their members, whatever order and how often it comes in.</summary>
public sealed class RoomStateTests
{
    private readonly RoomState _state = new(Room, new RoomOptions());

    [Fact]
    public void Who_registers_twice_is_in_once_and_no_news_the_second_time()
    {
        Assert.Single(Register(Who("joe", 1, 1), [Port(1)]));
        Assert.Empty(Register(Who("joe", 1, 1), [Port(1)]));
        Assert.Single(_state.Members);
        Assert.Single(Register(Who("joe", 1, 1), [Port(1), Port(2, "audio")]));
    }

    [Fact]
    public void Other_layers_are_news()
    {
        Register(Who("joe", 1, 1), [Port(1)]);
        Assert.Single(Register(Who("joe", 1, 1), [Port(1, layers: "1:100,2:200")]));
        Assert.Empty(Register(Who("joe", 1, 1), [Port(1, layers: "1:100,2:200")]));
    }

    [Fact]
    public void A_port_that_has_left_does_not_come_back_by_a_join_or_a_registration_on_its_way()
    {
        var joe = Who("joe", 1, 1);
        _state.Forget(new RoomSync.Leave(Room, joe.Id, Service("video"), new PortId(1), CallTotals.None, CallEnd.Left, ActorRefs.Nobody));
        Assert.Equal("try again", _state.Refuse(new RoomCommands.Join(Room, joe, Port(1)), DateTimeOffset.UnixEpoch));
        Assert.Empty(Register(joe, [Port(1)]));
        Assert.False(_state.IsOpen);
        Assert.Null(_state.Refuse(new RoomCommands.Join(Room, joe, Port(2)), DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void Who_only_leaves_is_in_for_the_sake_of_an_open_record_and_no_other()
    {
        var leaving = new MemberPort(Service("video"), new PortId(1));
        Assert.Empty(_state.Restore(new RegisteredMember(Who("joe", 1, 1), [], [leaving], IsBeingPutOut: false), isCurrent: true));
        Assert.False(_state.IsOpen);
        _state.Apply(new RoomEvent.CallStarted(Guid.NewGuid(), Name.Parse("joe"), 1, "node-1", DateTimeOffset.UnixEpoch));
        Assert.Empty(_state.Restore(new RegisteredMember(Who("joe", 1, 1), [], [leaving], IsBeingPutOut: false), isCurrent: true));
        var joe = Assert.Single(_state.Members);
        Assert.Empty(joe.Pictured.Ports);
        Assert.True(joe.Remove(Service("video"), new PortId(1)));
        Assert.False(joe.HasServices);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void Of_two_ports_for_one_service_the_node_is_right_if_it_knows_this_life_of_the_room(bool isCurrent, int left)
    {
        _state.Admit(Who("joe", 1, 1), Port(2));
        _state.Restore(new RegisteredMember(Who("joe", 1, 1), [Port(1)], [], IsBeingPutOut: false), isCurrent);
        Assert.Equal(new PortId(left), Assert.Single(_state.Members.Single().Ports).Port);
    }

    [Fact]
    public void Parts_of_a_picture_hold_everybody_once_and_no_more_ports_than_a_message_can()
    {
        var parts = RoomPicture.Parts(Enumerable.Range(0, 1000), _ => 7);
        Assert.Equal(Enumerable.Range(0, 1000), parts.SelectMany(p => p));
        Assert.All(parts, p => Assert.InRange(p.Count * 7, 1, RoomPicture.PortsPerPart));
        Assert.Empty(Assert.Single(RoomPicture.Parts(Enumerable.Empty<int>(), _ => 7)));
        Assert.Equal(2, RoomPicture.Parts([1, 2], _ => 5000).Count);
    }

    private IReadOnlyList<JoiningPort> Register(Participant who, JoiningPort[] ports) =>
        _state.Restore(new RegisteredMember(who, [.. ports], [], IsBeingPutOut: false), isCurrent: true);
}
