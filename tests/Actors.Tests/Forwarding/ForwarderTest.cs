using System.Collections.Immutable;
using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Protocol.Session;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Forwarding;

/// <summary>The forwarders of this node (1 in what they are told), with probes for the regions of rooms and users, for the room's actor and for sessions.</summary>
public abstract class ForwarderTest : IAsyncLifetime
{
    private protected Support.Conference Conference { get; } = new();

    private protected Support.RecordingMediaPlane Plane { get; } = new();

    private protected TestProbe Rooms { get; private set; } = null!;

    private protected TestProbe Users { get; private set; } = null!;

    private protected IActorRef Forwarders { get; private set; } = null!;

    /// <summary>The room's actor, as pictures tell of it.</summary>
    private protected TestProbe RoomActor { get; private set; } = null!;

    private protected MediaRoutes Routes => Plane.Applied.Last();

    public async ValueTask InitializeAsync()
    {
        await Conference.InitializeAsync();
        (Rooms, Users, RoomActor) = (Conference.CreateTestProbe(), Conference.CreateTestProbe(), Conference.CreateTestProbe());
        var registry = ActorRegistry.For(Conference.Sys);
        registry.Register<RoomActor>(Rooms.Ref, overwrite: true);
        registry.Register<UserActor>(Users.Ref, overwrite: true);
        Forwarders = Conference.Sys.ActorOf(ForwardersActor.Props(new ForwardingContext(Plane, Node(1), Conference.Metrics)));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Conference.DisposeAsync();
    }

    /// <summary>Somebody whose session, and who holds its port, are probes; on this node or another.</summary>
    private protected Person Make(string name, int session, int node = 1)
    {
        var (probe, holder) = (Conference.CreateTestProbe(), Conference.CreateTestProbe());
        var who = Who(name, session, node) with { Session = probe.Ref, Node = node == 1 ? Forwarders : Conference.CreateTestProbe().Ref };
        return new Person(who, Port(session) with { Holder = holder.Ref }, probe, holder);
    }

    private protected void Tell(object message, IActorRef? sender = null)
    {
        Forwarders.Tell(message, sender ?? ActorRefs.NoSender);
        Conference.AwaitIdle();
    }

    /// <summary>The room lets somebody in; the first sees the picture before.</summary>
    private protected void Join(Person person, long seq, long term = 7)
    {
        if (seq == 1)
            Show(0, term);
        Tell(Joined(person, seq, term));
    }

    private protected static RoomNews.Joined Joined(Person person, long seq, long term = 7) =>
        new(Room, At(seq, term), person.Who, person.Port, IsMuted: false, HasOwner: false);

    private protected void Show(long seq, long term = 7, params Person[] members) => Tell(new RoomNews.Picture(
        Room, At(seq, term), RoomActor.Ref, 0, 1,
        [.. members.Select(m => new PicturedMember(m.Who, [m.Port], IsBeingPutOut: false))], [], [], HasOwner: false));

    /// <summary>All that rooms were told and asked since the last time.</summary>
    private protected IReadOnlyList<object> Told()
    {
        Conference.AwaitIdle();
        return Received(Rooms);
    }

    private protected static IReadOnlyList<object> Received(TestProbe probe)
    {
        var all = new List<object>();
        while (probe.HasMessages)
            all.Add(probe.ReceiveOne());
        return all;
    }

    private protected IReadOnlyList<object> ToldIn(double seconds)
    {
        Conference.Advance(TimeSpan.FromSeconds(seconds));
        return Told();
    }

    private protected sealed record Person(Participant Who, JoiningPort Port, TestProbe Session, TestProbe Holder)
    {
        public ImmutableArray<SessionNotice> Notices => [.. Received(Session).OfType<SessionNotice>()];
    }
}
