using Conference.Actors.Tests.Support;
using Conference.Media;

namespace Conference.Actors.Tests.Sessions;

/// <summary>What SETP means to the plane, and what the plane says to sessions.</summary>
public sealed class SelectionTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_rate_nobody_set_limits_nothing()
    {
        var joe = Join("joe");
        Assert.Null(Wants().Rate);
        Assert.Equal("310 video 30", joe.Ask("GETP video rate"));
        Assert.Equal("310 video 30", joe.Ask("SETP video rate 30"));
        Assert.Equal(30, Wants().Rate);
    }

    [Fact]
    public void A_rate_that_cannot_be_is_refused_and_changes_nothing()
    {
        var joe = Join("joe");
        _conference.Plane.Thins = rate => rate > 10;
        Assert.Equal("510 video 10 could not set frame rate", joe.Ask("SETP video rate 10"));
        Assert.Equal("310 video 30", joe.Ask("GETP video rate"));
        Assert.Null(Wants().Rate);
        Assert.Equal("310 video 15", joe.Ask("SETP video rate 15"));
        Assert.Equal(15, Wants().Rate);

        // What others send by now is no reason to refuse something else.
        _conference.Plane.Thins = _ => false;
        Assert.Equal("310 video on", joe.Ask("SETP video mute on"));
    }

    [Fact]
    public void Layers_reach_the_plane_with_their_sender()
    {
        var joe = Join("joe");
        Assert.Equal("310 video 7:100,8:200", joe.Ask("SETP video layers 7:100,8:200"));
        Assert.Equal([new SimulcastLayer(new Ssrc(7), 100), new SimulcastLayer(new Ssrc(8), 200)], _conference.Plane.Applied.Last().Ports[0].Layers);
    }

    [Fact]
    public void Who_speaks_is_told_to_the_others_who_asked_for_events()
    {
        var joe = Join("joe");
        Assert.Equal("310 session on", joe.Ask("SETP session events on"));
        var alice = Join("alice");
        Assert.Equal("110 joined alice@example.org", joe.Read());
        Assert.Equal("310 session on", alice.Ask("SETP session events on"));
        var bob = Join("bob");
        Assert.Equal("110 joined bob@example.org", joe.Read());
        Assert.Equal("110 joined bob@example.org", alice.Read());

        MediaRoutes routes = _conference.Plane.Applied.Last();
        MediaRoute alices = routes.Ports[1];
        _conference.Plane.Happen(new MediaEvent.SpeakerChanged(routes.Room, alices.Port, alices.Participant));
        Assert.Equal("113 speaker alice@example.org", joe.Read());
        _conference.AwaitIdle();
        alice.Connection.ExpectNothing();
        bob.Connection.ExpectNothing();
    }

    [Fact]
    public void List_tells_what_members_send_to_those_who_asked_for_details()
    {
        var joe = Join("joe");
        _conference.Plane.Sources = [new SourceStatistics(new Ssrc(7), "VP8", 900, 1000, 1, TimeSpan.FromMilliseconds(2), 500, 30, 3, 1)];
        Assert.Equal("211 joe video", joe.Ask("LIST standup@example.org"));
        Assert.Equal("211 end", joe.Read());
        Assert.Equal("310 session on", joe.Ask("SETP session details on"));
        Assert.Equal("211 joe video", joe.Ask("LIST standup@example.org"));
        Assert.Equal("212 joe video ssrc=7 codec=VP8 kbps=500 fps=30 packets=900 lost=1 jitter=2 keyframes=3 layer=1", joe.Read());
        Assert.Equal("211 end", joe.Read());
    }

    [Fact]
    public void Getp_tells_the_rate_that_is_really_in_force()
    {
        var joe = _conference.SignIn("joe");
        Assert.Equal("310 video none", joe.Ask("GETP video rate-now"));
        joe.Ask("CONN video standup@example.org");
        _conference.Plane.Rate = 7.5;
        Assert.Equal("310 video 7.5", joe.Ask("GETP video rate-now"));
    }

    private MediaPreferences Wants() => _conference.Plane.Applied.Last().Ports[0].Wants;

    private Client Join(string name)
    {
        var client = _conference.SignIn(name);
        Assert.StartsWith("303 video ", client.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        return client;
    }
}
