using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Forwarding;

public sealed class RoomMirrorTests
{
    private readonly RoomMirror _mirror = new();

    [Fact]
    public void After_a_picture_events_are_in_order_until_one_is_left_out()
    {
        Show(At(4));
        Assert.Equal(NewsOrder.InOrder, _mirror.Accept(At(5)));
        Assert.Equal(NewsOrder.Repeated, _mirror.Accept(At(5)));
        Assert.Equal(NewsOrder.Missed, _mirror.Accept(At(7)));
        Assert.Equal(At(5), _mirror.Heard);
        // Until the picture comes, all is missed: nobody knows what was in between.
        Assert.Equal(NewsOrder.Missed, _mirror.Accept(At(8)));
        Show(At(8));
        Assert.Equal(NewsOrder.InOrder, _mirror.Accept(At(9)));
    }

    [Fact]
    public void What_is_said_again_is_no_event()
    {
        Show(At(4));
        Assert.Equal(NewsOrder.Repeated, _mirror.Accept(At(9).SaidAgain()));
        Assert.Equal(At(4), _mirror.Heard);
        Assert.Equal(NewsOrder.NewTerm, _mirror.Accept(At(9, term: 8).SaidAgain()));
        Assert.Equal(NewsOrder.Missed, _mirror.Accept(At(9, term: 8).SaidAgain()));
    }

    [Fact]
    public void A_later_life_of_the_room_is_new_and_an_earlier_one_is_stale()
    {
        Show(At(4, term: 7));
        Assert.Equal(NewsOrder.NewTerm, _mirror.Accept(At(1, term: 8)));
        Assert.Equal(NewsOrder.Missed, _mirror.Accept(At(2, term: 8)));
        Assert.Equal(NewsOrder.NewTerm, _mirror.Accept(At(1, term: 12)));
        Assert.Equal(NewsOrder.Stale, _mirror.Accept(At(9, term: 8)));
        Assert.False(_mirror.Begin(Term(7)));
        Assert.Null(_mirror.Take(Picture(At(9, term: 8))));
    }

    [Fact]
    public void A_picture_older_than_what_was_heard_means_nothing()
    {
        Show(At(4), Member("joe", 1, 1, 1));
        _mirror.Accept(At(5));
        _mirror.Leave(new RoomNews.Left(Room, At(5), new SessionId(1), Service("video"), new PortId(1), IsLast: true));
        Assert.Null(_mirror.Take(Picture(At(4), Member("joe", 1, 1, 1))));
        Assert.Empty(_mirror.Members);
    }

    [Fact]
    public void A_picture_holds_once_all_its_parts_are_there()
    {
        Assert.Empty(_mirror.Take(Picture(At(4), Member("joe", 1, 1, 1), Member("bob", 3, 1, 3)))!.Came);
        var first = Picture(At(9), Member("joe", 1, 1, 1)) with { Parts = 2 };
        var second = Picture(At(9), Member("alice", 2, 2, 2)) with { Part = 1, Parts = 2 };
        Assert.Null(_mirror.Take(second));
        Assert.Null(_mirror.Take(first));
        Assert.Equal(2, _mirror.Members.Count);
        var change = _mirror.Take(second);

        Assert.Equal(["alice"], change!.Came.Select(w => w.Name.ToString()));
        Assert.Equal(["bob"], change.Went.Select(w => w.Name.ToString()));
        Assert.Equal(["joe", "alice"], _mirror.Members.Select(m => m.Who.Name.ToString()));
    }

    [Fact]
    public void Parts_of_different_pictures_are_not_put_together()
    {
        Assert.Null(_mirror.Take(Picture(At(4), Member("joe", 1, 1, 1)) with { Parts = 2 }));
        Assert.Null(_mirror.Take(Picture(At(5), Member("alice", 2, 2, 2)) with { Part = 1, Parts = 2 }));
        Assert.Empty(_mirror.Members);
    }

    [Fact]
    public void Members_of_a_node_that_has_not_spoken_yet_stay_until_it_has_or_is_given_up()
    {
        Show(At(4), Member("joe", 1, 1, 1), Member("alice", 2, 2, 2));
        _mirror.Begin(Term(8));
        Assert.Empty(_mirror.Take(Picture(At(0, term: 8), Member("joe", 1, 1, 1)) with { Unheard = [Node(2)] })!.Went);
        Assert.Equal(2, _mirror.Members.Count);
        Assert.Single(_mirror.Take(Picture(At(0, term: 8), Member("joe", 1, 1, 1)))!.Went);
        Assert.Single(_mirror.Members);
    }

    [Fact]
    public void A_late_word_of_a_port_does_not_touch_the_one_that_took_its_place()
    {
        Show(At(4), Member("joe", 1, 1, 5));
        Assert.Null(_mirror.Leave(new RoomNews.Left(Room, At(5), new SessionId(1), Service("video"), new PortId(4), IsLast: false)));
        Assert.Equal(new PortId(5), _mirror.Find(new SessionId(1))!.Ports[Service("video")].Port);
        Assert.Equal("joe", _mirror.Leave(new RoomNews.Left(Room, At(6), new SessionId(1), Service("video"), new PortId(5), IsLast: true))?.Name.ToString());
    }

    [Fact]
    public void Mutes_layers_and_the_owner_are_as_they_were_told_last()
    {
        Show(At(1), Member("joe", 1, 1, 1));
        _mirror.SetMuted(Name.Parse("joe"), true);
        _mirror.Reconfigure(new SessionId(1), new PortId(1), new PortSending(IsMuted: true, SimulcastLayers.Parse("1:100,2:200")!));
        Assert.True(_mirror.IsMuted(Name.Parse("joe")));
        Assert.True(_mirror.Find(new SessionId(1))!.Ports[Service("video")].Parameters.Muted);
        Assert.Equal("1:100,2:200", _mirror.Find(new SessionId(1))!.Ports[Service("video")].Parameters.Layers.ToString());
        Assert.True(_mirror.Join(new RoomNews.Joined(Room, At(2), Who("alice", 2, 2), Port(2), IsMuted: false, HasOwner: true)));
        Assert.False(_mirror.Join(new RoomNews.Joined(Room, At(3), Who("alice", 2, 2), Port(3, "audio"), IsMuted: false, HasOwner: true)));
        Assert.True(_mirror.HasOwner);
        Show(At(4), Member("joe", 1, 1, 1));
        Assert.False(_mirror.IsMuted(Name.Parse("joe")));
        Assert.False(_mirror.HasOwner);
    }

    private static RoomNews.Picture Picture(RoomStamp stamp, params ImmutableArray<PicturedMember> members) =>
        new(Room, stamp, ActorRefs.Nobody, 0, 1, members, [], [], HasOwner: false);

    private static PicturedMember Member(string name, int session, int node, int port) =>
        new(Who(name, session, node), [Port(port)], IsBeingPutOut: false);

    private void Show(RoomStamp stamp, params ImmutableArray<PicturedMember> members) => Assert.NotNull(_mirror.Take(Picture(stamp, members)));
}
