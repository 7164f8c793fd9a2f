using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Forwarding;

/// <summary>What a forwarder makes of what a room says, and what it tells the room until that knows it.</summary>
public sealed class ForwarderActorTests : ForwarderTest
{
    [Fact]
    public void Whoever_is_let_in_is_in_the_routes_before_its_asker_is_answered()
    {
        var joe = Make("joe", 1);
        var asker = Conference.CreateTestProbe();
        Show(0);
        Tell(Joined(joe, 1), asker.Ref);
        Assert.Equal(joe.Port.Number, asker.ExpectMsg<SessionOutcome.Connected>().Port);
        Assert.Equal(joe.Port.Port, Assert.Single(Routes.Ports).Port);
        Assert.Equal(1, Conference.Metrics.RoomsHere);
    }

    [Fact]
    public void When_the_rooms_actor_ends_who_is_here_is_told_at_once_and_again_until_the_next_has_shown_that_it_knows()
    {
        var joe = Make("joe", 1);
        Join(joe, 1);
        Assert.Empty(Told());
        Conference.Sys.Stop(RoomActor.Ref);
        for (int i = 0; i < 3; i++)
        {
            var register = Assert.IsType<RoomSync.Register>(Assert.Single(i == 0 ? ToldIn(0.1) : ToldIn(2)));
            Assert.Equal((Node(1), Term(7), true), (register.From, register.Known, register.IsLast));
            Assert.Equal(joe.Who.Id, Assert.Single(register.Members).Who.Id);
        }

        // The next life, which has heard it.
        var next = Conference.CreateTestProbe();
        Tell(new RoomNews.Picture(Room, At(1, term: 9), next.Ref, 0, 1, [new PicturedMember(joe.Who, [joe.Port], false)], [], [], HasOwner: false));
        Assert.Empty(ToldIn(4));

        // And that one is watched in turn.
        Conference.Sys.Stop(next.Ref);
        Assert.Equal(Term(9), Assert.IsType<RoomSync.Register>(Assert.Single(ToldIn(0.1))).Known);
    }

    [Fact]
    public void A_picture_that_does_not_show_a_member_of_this_node_is_answered_with_who_is_here()
    {
        var (joe, alice) = (Make("joe", 1), Make("alice", 2));
        Join(joe, 1);
        Join(alice, 2);
        Show(3, 7, joe);
        Assert.Equal(2, Assert.IsType<RoomSync.Register>(Assert.Single(ToldIn(2))).Members.Length);
        Assert.Equal(2, Routes.Ports.Length);
        Show(4, 7, joe, alice);
        Assert.Empty(ToldIn(4));
    }

    [Fact]
    public void Where_nobody_is_here_the_end_of_the_rooms_actor_means_nothing()
    {
        Show(0);
        Conference.Sys.Stop(RoomActor.Ref);
        Assert.Empty(ToldIn(1));
    }

    [Fact]
    public void Who_is_asked_by_a_new_life_of_the_room_says_so_even_if_it_is_nobody()
    {
        Tell(new RoomNews.Resumed(Room, At(0, term: 9), RoomActor.Ref));
        var register = Assert.IsType<RoomSync.Register>(Assert.Single(Told()));
        Assert.Equal((Term(9), true, 0), (register.Known, register.IsLast, register.Members.Length));
    }

    [Fact]
    public void News_that_were_missed_are_asked_for_until_the_picture_comes()
    {
        var (joe, alice) = (Make("joe", 1), Make("alice", 2, node: 2));
        Join(joe, 1);
        Tell(Joined(alice, 3));
        var behind = Assert.IsType<RoomSync.CatchUp>(Assert.Single(Told()));
        Assert.Equal(At(1), behind.Heard);
        Assert.IsType<RoomSync.CatchUp>(Assert.Single(ToldIn(2)));
        Assert.Equal(1, Conference.Metric("conference_room_events_missed_total"));
        // She was told of all the same: what is known is known.
        Assert.Equal([new SessionNotice.Joined(Name.Parse("alice"))], joe.Notices);
        Show(3, 7, joe, alice);
        Assert.Empty(ToldIn(4));
        Assert.Empty(joe.Notices);
        Assert.Single(Routes.Remote);
    }

    [Fact]
    public void What_was_lost_and_nothing_came_behind_it_is_found_by_comparing_now_and_then()
    {
        Join(Make("joe", 1), 1);
        Assert.Empty(ToldIn(9));
        Assert.Equal(At(1), Assert.IsType<RoomSync.CatchUp>(Assert.Single(ToldIn(1))).Heard);
        Assert.Single(ToldIn(10));
    }

    [Fact]
    public void Somebody_let_in_by_a_life_that_is_over_is_in_and_the_present_one_is_told()
    {
        var (joe, alice) = (Make("joe", 1), Make("alice", 2));
        Show(0, term: 9);
        Join(joe, 1, term: 9);
        var asker = Conference.CreateTestProbe();
        Tell(Joined(alice, 5, term: 7), asker.Ref);
        asker.ExpectMsg<SessionOutcome.Connected>();
        Assert.Equal(2, Routes.Ports.Length);
        var register = Assert.IsType<RoomSync.Register>(Assert.Single(Told()));
        Assert.Equal(Term(9), register.Known);
        Assert.Equal(2, register.Members.Length);
    }

    [Fact]
    public void A_leave_is_told_until_the_room_has_taken_note_and_only_then_answered()
    {
        var joe = Make("joe", 1);
        Join(joe, 1);
        var asker = Conference.CreateTestProbe();
        Tell(Remove(joe, CallEnd.Left), asker.Ref);
        Assert.Empty(Routes.Ports);
        for (int i = 0; i < 3; i++)
        {
            var leave = Assert.IsType<RoomSync.Leave>(Assert.Single(i == 0 ? Told() : ToldIn(2)));
            Assert.Equal((joe.Port.Port, CallEnd.Left, 5), (leave.Port, leave.End, leave.Totals.BytesIn));
            Assert.Equal(["video"], leave.Totals.Services);
        }

        // An earlier life took note: the present one may have been told otherwise.
        Tell(new ForwarderCommands.LeaveTaken(Room, Term(6), joe.Who.Id, joe.Port.Port));
        Assert.False(asker.HasMessages);
        Assert.Single(ToldIn(2));
        Tell(new ForwarderCommands.LeaveTaken(Room, Term(7), joe.Who.Id, joe.Port.Port));
        asker.ExpectMsg<SessionOutcome.Done>();
        Assert.Empty(ToldIn(4));

        // It has nothing to keep any more.
        Assert.Equal(0, Conference.Ask<int>(Forwarders, new ForwardersActor.CountRooms()));
    }

    [Fact]
    public void Whose_leave_cannot_be_stored_is_answered_and_the_room_is_told_on()
    {
        var joe = Make("joe", 1);
        Join(joe, 1);
        var asker = Conference.CreateTestProbe();
        Tell(Remove(joe, CallEnd.Left), asker.Ref);
        Rooms.ExpectMsg<RoomSync.Leave>();
        Rooms.Reply(Unavailable.Instance);
        asker.ExpectMsg<SessionOutcome.Done>();
        Assert.IsType<RoomSync.Leave>(Assert.Single(ToldIn(2)));
        Tell(new ForwarderCommands.LeaveTaken(Room, Term(7), joe.Who.Id, joe.Port.Port));
        Assert.False(asker.HasMessages);
    }

    [Fact]
    public void Whose_port_nobody_holds_any_more_leaves()
    {
        var (joe, alice) = (Make("joe", 1), Make("alice", 2));
        Join(joe, 1);
        Join(alice, 2);
        Conference.Sys.Stop(joe.Holder.Ref);
        Assert.Equal(CallEnd.Lost, Assert.IsType<RoomSync.Leave>(Assert.Single(ToldIn(0.1))).End);
        Assert.Equal(alice.Port.Port, Assert.Single(Routes.Ports).Port);
    }

    [Fact]
    public void Whoever_is_put_out_hears_nothing_more_and_leaves_as_put_out_however_it_says_it_leaves()
    {
        var (joe, alice) = (Make("joe", 1), Make("alice", 2));
        Join(joe, 1);
        Join(alice, 2);
        Assert.Single(joe.Notices);
        Tell(new RoomNews.PutOut(Room, At(3), joe.Who.Id));
        Assert.Equal([new SessionNotice.PutOut(Room, IsClosing: false)], joe.Notices);
        Assert.Equal(alice.Port.Port, Assert.Single(Routes.Ports).Port);
        Tell(Remove(joe, CallEnd.Lost));
        Assert.Equal(CallEnd.PutOut, Assert.IsType<RoomSync.Leave>(Assert.Single(Told())).End);
        Assert.Empty(joe.Notices);
    }

    [Fact]
    public void What_a_member_sends_is_told_the_room_until_it_says_so_itself()
    {
        var joe = Make("joe", 1);
        Join(joe, 1);
        Plane.Applied.Clear();
        var asker = Conference.CreateTestProbe();
        var muted = ServiceParameters.Default with { Muted = true };
        Tell(new ForwarderCommands.Configure(Room, joe.Who.Id, joe.Port.Service, muted), asker.Ref);
        asker.ExpectMsg<SessionOutcome.Done>();
        Assert.True(Assert.Single(Routes.Ports).Muted);
        Assert.True(Assert.IsType<RoomSync.Reconfigure>(Assert.Single(Told())).Sending.IsMuted);
        Assert.IsType<RoomSync.Reconfigure>(Assert.Single(ToldIn(2)));
        Tell(new RoomNews.Reconfigured(Room, At(2), joe.Who.Id, joe.Port.Port, new PortSending(IsMuted: true, SimulcastLayers.Parse("none")!)));
        Assert.Empty(ToldIn(4));

        // What concerns only what it is sent is this node's business.
        Tell(new ForwarderCommands.Configure(Room, joe.Who.Id, joe.Port.Service, muted with { Bitrate = 100 }), asker.Ref);
        asker.ExpectMsg<SessionOutcome.Done>();
        Assert.Empty(Told());
    }

    [Fact]
    public void Words_go_to_all_here_and_once_to_each_other_node_and_nobodys_leave_is_asked()
    {
        var (joe, alice) = (Make("joe", 1), Make("alice", 2));
        Join(joe, 1);
        Join(alice, 2);
        var there = Conference.CreateTestProbe();
        foreach (var (name, session, seq) in new[] { ("bob", 3, 3L), ("carol", 4, 4L) })
        {
            var person = Make(name, session, node: 2);
            Tell(Joined(person with { Who = person.Who with { Node = there.Ref } }, seq));
        }

        _ = (joe.Notices, alice.Notices);
        Tell(new ForwarderCommands.Say(Room, joe.Who.Id, Name.Parse("joe"), Service("chat"), "hello"));
        var said = new SessionNotice.Said(Name.Parse("joe"), Service("chat"), "hello");
        Assert.Equal([said], alice.Notices);
        Assert.Empty(joe.Notices);
        Assert.Equal(said, there.ExpectMsg<ForwarderCommands.Said>().Notice);
        Assert.False(there.HasMessages);
        Assert.Empty(Told());

        // Who is not in it says nothing there.
        Tell(new ForwarderCommands.Say(Room, new SessionId(99), Name.Parse("eve"), Service("chat"), "psst"));
        Assert.Empty(alice.Notices);
    }

    [Fact]
    public void In_a_room_that_is_a_users_own_the_user_hears_what_is_said_there()
    {
        var joe = Make("joe", 1);
        Show(0);
        Tell(Joined(joe, 1) with { HasOwner = true });
        Tell(new ForwarderCommands.Say(Room, joe.Who.Id, Name.Parse("joe"), Service("chat"), "hello"));
        Assert.Equal(Room, Users.ExpectMsg<UserCommands.Overhear>().Said.ToOwnerOf);
    }

    [Fact]
    public void A_node_that_is_gone_takes_its_members_along_at_once()
    {
        var (joe, alice) = (Make("joe", 1), Make("alice", 2, node: 2));
        Join(joe, 1);
        Tell(Joined(alice, 2));
        _ = joe.Notices;
        Assert.Single(Routes.Remote);
        Tell(new PeerNews.Gone(Node(2)));
        Assert.Empty(Routes.Remote);
        Assert.Equal([new SessionNotice.Left(Name.Parse("alice"))], joe.Notices);
        // The room says so too, and is not heard twice.
        Tell(new RoomNews.Left(Room, At(3), alice.Who.Id, alice.Port.Service, alice.Port.Port, IsLast: true));
        Assert.Empty(joe.Notices);
    }

    [Fact]
    public void When_the_way_to_the_room_is_open_again_what_it_said_meanwhile_is_asked_for()
    {
        Join(Make("joe", 1), 1);
        Tell(new PeerNews.Connected(Node(2), RoomActor.Ref.Path.Address));
        Assert.IsType<RoomSync.CatchUp>(Assert.Single(Told()));
        Tell(new PeerNews.Connected(Node(3), Address.Parse("akka.tcp://conference@10.0.0.9:4331")));
        Assert.Empty(Told());
    }

    [Fact]
    public void A_forwarder_that_breaks_asks_for_the_picture_and_has_its_members_back()
    {
        var joe = Make("joe", 1);
        Join(joe, 1);
        // A ports' sources cannot be read: a bug of the plane, say.
        Plane.Sources = default;
        Tell(new ForwarderCommands.ReadSources(Room));
        Plane.Sources = [];
        Assert.Contains(Told(), m => m is RoomSync.CatchUp);
        Show(1, 7, joe);
        Assert.Equal(joe.Port.Port, Assert.Single(Routes.Ports).Port);
    }

    [Fact]
    public void What_comes_for_a_forwarder_that_is_about_to_stop_is_kept_for_the_next()
    {
        for (int i = 1; i <= 100; i++)
        {
            var joe = Make("joe", i);
            Forwarders.Tell(
                new RoomNews.Picture(Room, At(0, term: i), RoomActor.Ref, 0, 1, [], [], [], HasOwner: false), ActorRefs.NoSender);
            Forwarders.Tell(Joined(joe, 1, term: i), ActorRefs.NoSender);
            Forwarders.Tell(Remove(joe, CallEnd.Left), ActorRefs.NoSender);
            Forwarders.Tell(new ForwarderCommands.LeaveTaken(Room, Term(i), joe.Who.Id, joe.Port.Port), ActorRefs.NoSender);
        }

        Conference.AwaitIdle();
        Assert.Equal(100, Told().OfType<RoomSync.Leave>().Count());
        Conference.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, Conference.Ask<int>(Forwarders, new ForwardersActor.CountRooms()));
        Assert.Empty(Conference.Metrics.MembersByRoom);
    }

    private static ForwarderCommands.Remove Remove(Person person, CallEnd end) =>
        new(Room, person.Who, person.Port.Service, person.Port.Port, CallTotals.None with { BytesIn = 5 }, end);
}
