using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Conference.Protocol;

namespace Conference.Actors.Tests.Rooms;

/// <summary>A room comes back from its journal, and its nodes say who is in it.</summary>
public sealed class RegisterTests : IAsyncLifetime
{
    private static readonly Name _room = Name.Parse("standup");

    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void More_calls_left_open_by_a_crash_than_a_write_holds_are_all_closed()
    {
        _conference.Journal.Given(_conference.Sys, EntityIds.Room(_room), Enumerable.Range(1, 1500).Select(Started));
        _conference.Ask<RoomPresence>(_conference.Rooms, new RoomQueries.Find(_room));

        var calls = _conference.Calls;
        Assert.Equal(1500, calls.Count);
        Assert.All(calls, c => Assert.Equal(CallEnd.NodeGone, c.End));
        Assert.Empty(_conference.LiveActors);
    }

    [Fact]
    public void Who_comes_forward_too_late_has_a_record_of_its_own()
    {
        var session = _conference.CreateTestProbe();
        var holder = _conference.CreateTestProbe();
        var (here, node) = (_conference.Self, _conference.Forwarders);
        var who = new Participant(new SessionId(7), Name.Parse("joe"), session.Ref, here, node, "test");
        var port = new JoiningPort(new PortId(1), 11_001, 0, Video, ServiceParameters.Default, holder.Ref);
        var member = new RegisteredMember(who, [port], [], IsBeingPutOut: false);
        _conference.Rooms.Tell(
            new RoomSync.Register(_room, here, node, RoomTerm.None, [member], IsLast: true, HasOwner: false), ActorRefs.NoSender);

        Assert.Null(Assert.Single(_conference.Calls).Ended);
        node.Tell(
            new ForwarderCommands.Remove(_room, who, Video, new PortId(1), CallTotals.None with { BytesIn = 5 }, CallEnd.Left),
            ActorRefs.NoSender);
        Assert.Equal(5, Assert.Single(_conference.Calls).BytesIn);
        Assert.Empty(_conference.LiveActors);
    }

    private static Service Video => Service.TryParse("video", out var video) ? video : throw new InvalidOperationException();

    private static RoomEvent.CallStarted Started(int session) =>
        new(Guid.NewGuid(), Name.Parse($"user-{session}"), session, "test", DateTimeOffset.UnixEpoch);
}
