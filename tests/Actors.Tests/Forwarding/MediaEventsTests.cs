using Akka.Actor;
using Conference.Actors.Forwarding;
using Conference.Actors.Tests.Support;
using Conference.Media;

namespace Conference.Actors.Tests.Forwarding;

/// <summary>What happens on the plane comes to the forwarder of the room it happened in.</summary>
public sealed class MediaEventsTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new();
    private readonly RecordingMediaPlane _plane = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Who_speaks_is_told_in_order_whatever_was_there_before_the_actor_was()
    {
        for (int i = 0; i < 50; i++)
            _plane.Happen(Spoke("standup", i));
        var forwarders = _conference.CreateTestProbe();
        _conference.Sys.ActorOf(MediaEventsActor.Props(_plane, forwarders.Ref));
        for (int i = 50; i < 100; i++)
            _plane.Happen(Spoke("standup", i));
        for (int i = 0; i < 100; i++)
            Assert.Equal(new PortId(i), forwarders.ExpectMsg<ForwarderCommands.Spoke>().Port);
    }

    [Fact]
    public void A_room_by_no_legal_name_is_passed_over()
    {
        var forwarders = _conference.CreateTestProbe();
        _conference.Sys.ActorOf(MediaEventsActor.Props(_plane, forwarders.Ref));
        _plane.Happen(Spoke("", 1));
        _plane.Happen(Spoke("standup", 2));
        Assert.Equal(new PortId(2), forwarders.ExpectMsg<ForwarderCommands.Spoke>().Port);
    }

    [Fact]
    public void When_the_plane_stops_the_actor_does()
    {
        var events = _conference.Sys.ActorOf(MediaEventsActor.Props(_plane, ActorRefs.Nobody));
        var watcher = _conference.CreateTestProbe();
        watcher.Watch(events);
        _plane.Stop();
        watcher.ExpectTerminated(events);
    }

    private static MediaEvent.SpeakerChanged Spoke(string room, long port) => new(new RoomId(room), new PortId(port), new ParticipantId(1));
}
