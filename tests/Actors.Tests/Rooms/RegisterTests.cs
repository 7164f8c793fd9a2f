using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Serialization;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Rooms;

/// <summary>A room comes back from its journal, and its nodes say who is in it.</summary>
public sealed class RegisterTests : IAsyncLifetime
{
    private static readonly Name _room = Name.Parse("standup");

    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public async Task More_calls_left_open_by_a_crash_than_a_write_holds_are_all_closed()
    {
        for (int first = 1; first < 1500; first += 500)
        {
            await _conference.Journal.AppendAsync(new JournalWrite
            {
                PersistenceId = PersistenceId.Room(_room),
                FirstSequenceNr = first,
                Events = [.. Enumerable.Range(first, 500).Select(i => ConferenceSerializer.Instance.SerializeEvent(Started(i)))],
            });
        }

        var probe = _conference.CreateTestProbe();
        probe.Send(_conference.Actors.Rooms, new RoomCommands.Find(_room));
        probe.ExpectMsg<RoomPresence>();

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
        var (here, node) = (_conference.Cluster.Self, _conference.Actors.Forwarders);
        var who = new Participant(new SessionId(7), Name.Parse("joe"), session.Ref, here, node, "test");
        var port = new JoiningPort(new PortId(1), 11_001, 0, Video, ServiceParameters.Default, holder.Ref);
        var member = new RegisteredMember(who, [port], [], IsBeingPutOut: false);
        _conference.Actors.Rooms.Tell(
            new RoomCommands.Register(_room, here, node, RoomTerm.None, [member], IsLast: true, HasOwner: false), ActorRefs.NoSender);

        Assert.Null(Assert.Single(_conference.Calls).Ended);
        node.Tell(
            new ForwarderCommands.Remove(_room, who, Video, new PortId(1), CallTotals.None with { BytesIn = 5 }, CallEnd.Left),
            ActorRefs.NoSender);
        Assert.Equal(5, Assert.Single(_conference.Calls).BytesIn);
        Assert.Empty(_conference.LiveActors);
    }

    private static Service Video => Service.TryParse("video", out var video) ? video : throw new InvalidOperationException();

    private static RoomJournalEvent.CallStarted Started(int session) =>
        new(Guid.NewGuid(), Name.Parse($"user-{session}"), session, "test", DateTimeOffset.UnixEpoch);
}
