using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Sessions;

/// <summary>A session in a browser: one connection carries all of its media, from the first CONN to the last DCON.</summary>
public sealed class BrowserSessionTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new();

    private RecordingMediaPlane Plane => _conference.Plane;

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void All_ports_go_by_the_one_connection_and_have_its_number()
    {
        var joe = Browser("joe");
        Assert.Equal("303 video 11443", joe.Ask("CONN video standup@example.org"));
        Assert.Equal("303 audio 11443", joe.Ask("CONN audio standup@example.org"));
        (WebId web, RoomId room) = Assert.Single(Plane.Webs);
        Assert.Equal("standup", room.Value);
        Assert.All(Plane.Open.Values, p => Assert.Equal(web, p.Web));
        Assert.Equal(web, Media(joe).Connection?.Id);

        // Others have ports of their own.
        Assert.NotEqual("303 video 11443", _conference.SignIn("alice").Ask("CONN video standup@example.org"));
        Assert.Single(Plane.Open.Values, p => p.Web is null);
    }

    [Fact]
    public void It_ends_with_the_last_DCON_and_the_next_room_has_another()
    {
        var joe = Browser("joe");
        Assert.Null(Media(joe).Connection);
        joe.Ask("CONN video standup@example.org");
        joe.Ask("CONN audio standup@example.org");
        WebId first = Plane.Webs.Single().Key;
        joe.Ask("DCON video standup@example.org");
        Assert.Equal(first, Plane.Webs.Single().Key);
        Assert.Equal("503 one room at a time in a browser", joe.Ask("CONN video lunch@example.org"));
        Assert.Equal("304 audio disconnected", joe.Ask("DCON audio standup@example.org"));
        Assert.Empty(Plane.Webs);
        Assert.Null(Media(joe).Connection);

        Assert.Equal("303 video 11443", joe.Ask("CONN video lunch@example.org"));
        Assert.Equal("lunch", Plane.Webs.Single().Value.Value);
        Assert.NotEqual(first, Plane.Webs.Single().Key);
    }

    [Fact]
    public void It_ends_with_the_session()
    {
        var joe = Browser("joe");
        joe.Ask("CONN video standup@example.org");
        joe.HangUp();
        _conference.Until(() => Plane.Webs.IsEmpty && Plane.Open.IsEmpty, "everything is closed");
    }

    [Fact]
    public void It_ends_where_the_CONN_that_opened_it_is_refused()
    {
        Plane.Answer = new PortOpening.Full();
        var joe = Browser("joe");
        Assert.Equal("503 no port free", joe.Ask("CONN video standup@example.org"));
        Assert.Empty(Plane.Webs);
        Plane.Answer = null;
        Assert.Equal("303 video 11443", joe.Ask("CONN video lunch@example.org"));
    }

    [Fact]
    public void Where_there_are_no_browsers_a_CONN_says_so_and_the_session_goes_on()
    {
        Plane.HasWeb = false;
        var joe = Browser("joe");
        Assert.Equal("503 no browsers here", joe.Ask("CONN video standup@example.org"));
        Assert.Empty(Plane.Open);
        Assert.Equal("200 ok", joe.Ask("NOOP"));
        Assert.StartsWith("303 video ", _conference.SignIn("alice").Ask("CONN video standup@example.org"), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_sits_on_its_lines_is_told_by_name()
    {
        var joe = Browser("joe");
        joe.Ask("SETP session events on");
        joe.Ask("CONN video standup@example.org");
        var alice = _conference.SignIn("alice");
        alice.Ask("CONN video standup@example.org");
        Assert.Equal("110 joined alice@example.org", joe.Read());
        MediaRoute hers = Plane.Applied.Last().Ports.Single(p => Plane.Open[p.Port].Web is null);
        MediaRoute his = Plane.Applied.Last().Ports.Single(p => p != hers);

        Plane.Seats = [new WebSeat("3", new ServiceName("video"), hers.Participant), new WebSeat("5", null, null)];
        Plane.Happen(new MediaEvent.Seated(new RoomId("standup"), his.Port, Plane.Webs.Single().Key, IsShort: true));
        Assert.Equal("118 slot 3 video alice@example.org", joe.Read());
        Assert.Equal("119 slots short", joe.Read());

        Plane.Seats = [new WebSeat("3", null, null), new WebSeat("5", new ServiceName("video"), new ParticipantId(99))];
        Plane.Happen(new MediaEvent.Seated(new RoomId("standup"), his.Port, Plane.Webs.Single().Key, IsShort: false));
        Assert.Equal("118 slot 3 free", joe.Read());
        alice.Connection.ExpectNothing();
    }

    [Fact]
    public void What_happens_on_a_port_that_is_gone_is_nobodys_business()
    {
        var joe = Browser("joe");
        joe.Ask("SETP session events on");
        joe.Ask("CONN video standup@example.org");
        WebId web = Plane.Webs.Single().Key;
        Plane.State = WebState.Lost;
        Plane.Seats = [new WebSeat("3", new ServiceName("video"), new ParticipantId(1))];
        Plane.Happen(new MediaEvent.Seated(new RoomId("standup"), new PortId(99), web, IsShort: true));
        Plane.Happen(new MediaEvent.WebChanged(new RoomId("standup"), new PortId(99), web));
        // What comes after them is told as ever.
        var alice = _conference.SignIn("alice");
        alice.Ask("CONN video standup@example.org");
        MediaRoute hers = Plane.Applied.Last().Ports.Single(p => Plane.Open[p.Port].Web is null);
        Plane.Happen(new MediaEvent.SpeakerChanged(new RoomId("standup"), hers.Port, hers.Participant));
        Assert.Equal("110 joined alice@example.org", joe.Read());
        Assert.Equal("113 speaker alice@example.org", joe.Read());
    }

    [Fact]
    public void A_connection_that_is_lost_ends_the_session_and_one_that_is_up_does_not()
    {
        var joe = Browser("joe");
        joe.Ask("CONN video standup@example.org");
        (PortId port, WebId web) = (Plane.Open.Single().Key, Plane.Webs.Single().Key);
        Plane.Happen(new MediaEvent.WebChanged(new RoomId("standup"), port, web));
        Assert.Equal("200 ok", joe.Ask("NOOP"));
        Plane.State = WebState.Lost;
        Plane.Happen(new MediaEvent.WebChanged(new RoomId("standup"), port, web));
        Assert.Equal("421 media lost", joe.Read());
        _conference.Until(() => Plane.Webs.IsEmpty && Plane.Open.IsEmpty, "everything is closed");
    }

    [Fact]
    public void Layers_that_were_negotiated_reach_the_plane()
    {
        var joe = Browser("joe");
        joe.Ask("CONN video standup@example.org");
        joe.Session.Tell(new Command.Negotiated(Service.Video, SimulcastLayers.Of([(7, 150), (8, 500)])), global::Akka.Actor.ActorRefs.NoSender);
        Assert.Equal("310 video 7:150,8:500", joe.Ask("GETP video layers"));
        Assert.Equal([new SimulcastLayer(new Ssrc(7), 150), new SimulcastLayer(new Ssrc(8), 500)], Plane.Applied.Last().Ports[0].Layers);
    }

    [Fact]
    public void A_room_that_is_closed_ends_it_and_another_may_be_entered()
    {
        var joe = Browser("joe");
        joe.Ask("CONN video standup@example.org");
        joe.Session.Tell(new SessionNotice.PutOut(Protocol.Addresses.Name.Parse("standup"), IsClosing: true), global::Akka.Actor.ActorRefs.NoSender);
        Assert.Equal("303 video 11443", joe.Ask("CONN video lunch@example.org"));
        Assert.Equal("lunch", Plane.Webs.Single().Value.Value);
    }

    private SessionMedia Media(Client client) => _conference.Ask<SessionMedia>(client.Session, SessionCommands.ReadMedia.Instance);

    private Client Browser(string name)
    {
        var client = _conference.Connect(web: new WebToken("0123456789abcdef0123456789abcdef"));
        Assert.Equal($"204 {name}", client.Ask($"AUTH ANONYMOUS {name}"));
        return client;
    }
}
