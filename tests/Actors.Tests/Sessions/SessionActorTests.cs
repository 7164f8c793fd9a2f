using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Media;

namespace Conference.Actors.Tests.Sessions;

public sealed class SessionActorTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_conn_opens_a_port_for_the_clients_own_address_and_puts_it_into_the_rooms_routes()
    {
        var joe = _conference.Connect("192.0.2.7");

        Assert.Equal("303 video 11001", joe.Ask("CONN video standup@example.org"));

        var (port, request) = Assert.Single(_conference.Plane.Open);
        Assert.Equal("192.0.2.7", request.Client.ToString());
        Assert.Equal(new RoomId("standup"), request.Room);
        Assert.Equal(port, Assert.Single(_conference.Plane.Applied.Last().Ports).Port);
    }

    [Fact]
    public void Second_conn_for_the_same_service_returns_the_same_port()
    {
        var joe = _conference.Connect();
        string first = joe.Ask("CONN video standup@example.org");

        Assert.Equal(first, joe.Ask("CONN video standup@example.org"));
        Assert.Single(_conference.Plane.Open);
    }

    [Fact]
    public void Dcon_is_answered_when_the_port_is_out_of_the_routes_and_its_number_free()
    {
        var joe = _conference.Connect();
        joe.Ask("CONN video standup@example.org");

        Assert.Equal("304 video disconnected", joe.Ask("DCON video standup@example.org"));

        Assert.Empty(_conference.Plane.Open);
        Assert.Empty(_conference.Plane.Applied.Last().Ports);
    }

    [Fact]
    public void Pipelined_commands_are_answered_in_order()
    {
        var joe = _conference.Connect();
        joe.Say("CONN video a@example.org");
        joe.Say("NOOP");
        joe.Say("LIST a@example.org");
        joe.Say("DCON video a@example.org");

        Assert.StartsWith("303 video", joe.Read(), StringComparison.Ordinal);
        Assert.Equal("200 ok", joe.Read());
        Assert.StartsWith("211 guest-", joe.Read(), StringComparison.Ordinal);
        Assert.Equal("211 end", joe.Read());
        Assert.Equal("304 video disconnected", joe.Read());
        _conference.AwaitIdle();
        Assert.Equal(4, joe.Connection.Answers);
    }

    [Fact]
    public void Without_a_free_port_the_client_is_told_so_and_is_in_no_room()
    {
        _conference.Plane.Answer = new PortOpening.NoPortFree();
        var joe = _conference.Connect();

        Assert.Equal("503 no port free", joe.Ask("CONN video standup@example.org"));
        Assert.Equal("211 end", joe.Ask("LIST standup@example.org"));
        joe.HangUp();
        Assert.Empty(_conference.LiveActors);
    }

    [Fact]
    public void When_the_system_refuses_a_socket_the_client_may_try_again()
    {
        _conference.Plane.Answer = new PortOpening.Failed("too many open files");
        var joe = _conference.Connect();
        Assert.Equal("503 try again", joe.Ask("CONN video standup@example.org"));

        _conference.Plane.Answer = null;
        Assert.StartsWith("303 video", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_are_in_the_routes_before_they_are_answered()
    {
        var joe = _conference.Connect();
        joe.Ask("SETP video rate 10");
        joe.Ask("CONN video standup@example.org");
        Assert.Equal(10, _conference.Plane.Applied.Last().Ports[0].Wants.Rate);

        Assert.Equal("310 video on", joe.Ask("SETP video mute on"));
        Assert.True(_conference.Plane.Applied.Last().Ports[0].Muted);
        Assert.Equal("310 video alice", joe.Ask("SETP video select Alice@example.org"));
        Assert.IsType<MediaSelection.Only>(_conference.Plane.Applied.Last().Ports[0].Wants.Selection);
    }

    [Fact]
    public void A_user_selected_before_she_comes_is_the_one_who_comes()
    {
        var joe = _conference.Connect();
        joe.Ask("SETP video select alice");
        joe.Ask("CONN video standup@example.org");
        var alice = _conference.SignIn("alice");
        alice.Ask("CONN video standup@example.org");

        var routes = _conference.Plane.Applied.Last().Ports;
        var selected = Assert.Single(routes.Select(r => r.Wants.Selection).OfType<MediaSelection.Only>()).Participant;
        Assert.Contains(routes, r => r.Participant == selected && r.Wants.Selection == MediaSelection.All);
    }

    [Fact]
    public void A_silent_session_ends_but_one_whose_media_flows_does_not()
    {
        var silent = _conference.Connect();
        var calling = _conference.Connect();
        calling.Ask("CONN video standup@example.org");
        for (int minutes = 0; minutes < 60; minutes += 10)
        {
            _conference.Plane.Statistics = _conference.Plane.Statistics with { DatagramsIn = minutes + 1 };
            _conference.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal("421 idle", silent.Read());
        Assert.Equal("200 ok", calling.Ask("NOOP"));

        // The session asks its ports what they heard; the answer comes in real time, the clock moves in the test's.
        string? line = null;
        for (int i = 0; i < 1000 && line is null; i++)
        {
            _conference.Advance(TimeSpan.FromMinutes(10));
            line = calling.Connection.TryRead(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal("421 idle", line);
    }

    [Fact]
    public void After_a_session_nothing_of_it_remains()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        joe.Ask("CONN audio other@example.org");
        joe.HangUp();

        Assert.Empty(_conference.LiveActors);
        Assert.Empty(_conference.Plane.Open);
        Assert.True(joe.Connection.Closed.Task.IsCompleted);
    }

    [Fact]
    public async Task Beyond_its_limit_a_node_takes_no_session_until_one_has_left()
    {
        await using var conference = new Support.Conference(maxSessions: 1);
        await conference.InitializeAsync();
        var first = conference.Connect();
        var accept = new SessionsCommands.Accept(new Support.RecordingConnection(), "example.org");
        Assert.Equal("server full", conference.Ask<SessionsReplies.Refused>(conference.Sessions, accept).Reason);

        first.HangUp();
        conference.AwaitIdle();

        conference.Ask<SessionsReplies.Accepted>(conference.Sessions, accept);
    }

    [Fact]
    public void Closing_the_node_tells_every_session_and_answers_when_the_last_is_gone()
    {
        var joe = _conference.Connect();
        var alice = _conference.Connect();
        var probe = _conference.CreateTestProbe();
        _conference.Sessions.Tell(new SessionsCommands.Close("shutting down"), probe.Ref);

        Assert.Equal("421 shutting down", joe.Read());
        Assert.Equal("421 shutting down", alice.Read());
        Assert.Equal(new SessionsTold(2), probe.ExpectMsg<SessionsTold>());
        var accept = new SessionsCommands.Accept(new Support.RecordingConnection(), "example.org");
        Assert.Equal("shutting down", _conference.Ask<SessionsReplies.Refused>(_conference.Sessions, accept).Reason);
    }

    [Fact]
    public void A_session_that_breaks_is_told_and_takes_nobody_along()
    {
        var joe = _conference.Connect();
        var alice = _conference.Connect();
        joe.Session.Tell(Kill.Instance, ActorRefs.NoSender);

        Assert.Equal("421 internal error", joe.Read());
        Assert.Equal("200 ok", alice.Ask("NOOP"));
    }

    [Fact]
    public void Whoever_ends_what_he_says_and_still_reads_has_quit()
    {
        var joe = _conference.Connect();
        joe.Say("NOOP");
        joe.HangUp();

        Assert.Equal("200 ok", joe.Read());
        Assert.Equal("421 quit", joe.Read());
    }
}
