using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>The commands of the 2002 document, row by row.</summary>
public sealed class SessionMachineTests
{
    [Fact]
    public void A_new_session_is_greeted()
    {
        var session = new SessionDriver();
        session.Machine.Start();
        Assert.Equal(["100 QCVC/1.0"], session.Take());
        Assert.Equal(Name.Guest(7), session.Machine.Identity);
        Assert.True(session.Machine.IsGuest);
        Assert.False(session.Machine.IsClosed);
    }

    [Fact]
    public void Helo_finds_whoever_is_here()
    {
        var session = new SessionDriver();
        Assert.Equal(["201 joe is here"], session.Say("HELO joe@127.0.0.1"));
        Assert.Equal([new SessionRequest.Find(Name.Parse("joe"))], session.Asked);
    }

    [Fact]
    public void Helo_answers_with_the_normal_form() => Assert.Equal(["201 joe is here"], new SessionDriver().Say("HELO ＪＯＥ@127.0.0.1"));

    [Fact]
    public void Helo_does_not_find_whoever_is_not()
    {
        Assert.Equal(["501 joe is not here"], new SessionDriver(_ => new SessionOutcome.NotFound()).Say("HELO joe@127.0.0.1"));
        Assert.Equal(["501 joe is not here"], new SessionDriver(_ => SessionOutcome.Refused.TryAgain).Say("HELO joe@127.0.0.1"));
    }

    [Theory]
    [InlineData("HELO joe@192.0.2.99", "501 joe is not here")]
    [InlineData("HELO Jo!e@127.0.0.1", "501 Jo!e is not here")]
    [InlineData("HELO a@b@127.0.0.1", "501 a@b is not here")]
    public void Helo_elsewhere_or_of_no_name_asks_nobody(string line, string reply)
    {
        var session = new SessionDriver();
        Assert.Equal([reply], session.Say(line));
        Assert.Empty(session.Asked);
    }

    [Theory]
    [InlineData(UserStatus.Online, "202 online")]
    [InlineData(UserStatus.Away, "202 away")]
    [InlineData(UserStatus.Busy, "202 busy")]
    [InlineData(UserStatus.Hidden, "402 status not available")]
    public void Stat_tells_a_status_that_is_not_hidden(UserStatus status, string reply) =>
        Assert.Equal([reply], new SessionDriver(_ => new SessionOutcome.StatusIs(status)).Say("STAT joe@127.0.0.1"));

    [Fact]
    public void Stat_of_nobody_is_not_available()
    {
        string[] reply = ["402 status not available"];
        Assert.Equal(reply, new SessionDriver(_ => new SessionOutcome.NotFound()).Say("STAT joe@127.0.0.1"));
        Assert.Equal(reply, new SessionDriver(_ => SessionOutcome.Refused.TryAgain).Say("STAT joe@127.0.0.1"));
        Assert.Equal(reply, new SessionDriver().Say("STAT joe@192.0.2.99"));
        Assert.Equal(reply, new SessionDriver().Say("STAT j!@127.0.0.1"));
    }

    [Fact]
    public void Conn_gives_a_port_and_the_same_port_again()
    {
        var session = new SessionDriver();
        Assert.Equal(["303 video 11000"], session.Say("CONN video joe@127.0.0.1"));
        Assert.Equal(["303 video 11000"], session.Say("CONN VIDEO Joe@localhost"));
        Assert.Single(session.Asked);
        Assert.Equal(new SessionRequest.Connect(Service.Video, Name.Parse("joe"), ServiceParameters.Default), session.Asked[0]);
    }

    [Fact]
    public void Each_service_and_each_address_has_its_own_port() =>
        Assert.Equal(
            ["303 video 11000", "303 audio 11001", "303 video 11002", "303 audio 11001"],
            new SessionDriver().Say("CONN video joe@127.0.0.1", "CONN audio joe@127.0.0.1", "CONN video standup@127.0.0.1", "CONN audio joe@127.0.0.1"));

    [Theory]
    [InlineData("CONN video joe@192.0.2.99", "503 192.0.2.99 is not served here")]
    [InlineData("CONN video j!@127.0.0.1", "503 illegal name")]
    [InlineData("CONN chat joe@127.0.0.1", "503 chat is not a media service")]
    [InlineData("CONN session joe@127.0.0.1", "503 session is not a media service")]
    public void Conn_to_what_cannot_be_says_why_and_asks_nobody(string line, string reply)
    {
        var session = new SessionDriver();
        Assert.Equal([reply], session.Say(line));
        Assert.Empty(session.Asked);
    }

    [Fact]
    public void Conn_refused_says_why_and_may_be_tried_again()
    {
        SessionOutcome outcome = new SessionOutcome.Refused("no port free");
        var session = new SessionDriver(_ => outcome);
        Assert.Equal(["503 no port free"], session.Say("CONN video joe@127.0.0.1"));
        outcome = new SessionOutcome.Connected(11007);
        Assert.Equal(["303 video 11007"], session.Say("CONN video joe@127.0.0.1"));
    }

    [Fact]
    public void A_session_holds_at_most_64_connections()
    {
        var session = new SessionDriver();
        for (int i = 0; i < SessionPolicy.MaxConnections; i++)
            Assert.StartsWith("303", session.Say($"CONN video room{i}@127.0.0.1").Single(), StringComparison.Ordinal);
        Assert.Equal(["503 too many connections"], session.Say("CONN video another@127.0.0.1"));
        Assert.Equal(["303 video 11000"], session.Say("CONN video room0@127.0.0.1"));
        Assert.Equal(["304 video disconnected", "303 video 11064"], session.Say("DCON video room0@127.0.0.1", "CONN video another@127.0.0.1"));
    }

    [Fact]
    public void Dcon_disconnects_and_the_next_conn_gets_a_new_port()
    {
        var session = new SessionDriver();
        Assert.Equal(
            ["303 video 11000", "304 video disconnected", "303 video 11001"],
            session.Say("CONN video joe@127.0.0.1", "DCON video joe@127.0.0.1", "CONN video joe@127.0.0.1"));
        Assert.Equal(new SessionRequest.Disconnect(Service.Video, Name.Parse("joe")), session.Asked[1]);
    }

    [Theory]
    [InlineData("DCON video joe@127.0.0.1")]
    [InlineData("DCON video joe@192.0.2.99")]
    [InlineData("DCON video j!@127.0.0.1")]
    public void Dcon_of_what_was_never_connected_says_the_same_and_asks_nobody(string line)
    {
        var session = new SessionDriver();
        Assert.Equal(["304 video disconnected"], session.Say(line));
        Assert.Empty(session.Asked);
    }

    [Fact]
    public void Dcon_twice_asks_once()
    {
        var session = new SessionDriver();
        Assert.Equal(
            ["303 video 11000", "304 video disconnected", "304 video disconnected"],
            session.Say("CONN video joe@127.0.0.1", "DCON video joe@127.0.0.1", "DCON video joe@127.0.0.1"));
        Assert.Equal(2, session.Asked.Count);
    }

    [Fact]
    public void Dcon_that_nobody_answers_disconnects_all_the_same()
    {
        var session = SessionDriver.Silent();
        session.Say("CONN video joe@127.0.0.1");
        session.Complete(new SessionOutcome.Connected(11000));
        session.Say("DCON video joe@127.0.0.1");
        Assert.Equal(["304 video disconnected"], session.Complete(SessionOutcome.Refused.TryAgain));
        Assert.Equal(["ask Connect"], session.Say("CONN video joe@127.0.0.1"));
    }

    [Theory]
    [InlineData("GETP video rate", "310 video 30")]
    [InlineData("GETP video RATE", "310 video 30")]
    [InlineData("GETP screen compression", "310 screen 0")]
    [InlineData("GETP video colour", "510 video colour unknown parameter")]
    [InlineData("GETP chat rate", "510 chat rate unknown parameter")]
    [InlineData("GETP session rate", "510 session rate unknown parameter")]
    [InlineData("GETP video events", "510 video events unknown parameter")]
    public void Getp_tells_a_parameter_or_that_there_is_none(string line, string reply) =>
        Assert.Equal([reply], new SessionDriver().Say(line));

    [Fact]
    public void Setp_sets_what_getp_tells_for_that_service_only()
    {
        var session = new SessionDriver();
        Assert.Equal(
            ["310 video 10", "310 video 10", "310 audio 30"],
            session.Say("SETP video rate 10", "GETP video rate", "GETP audio rate"));
        Assert.Equal(
            [new SessionRequest.Configure(Service.Video, ServiceParameters.Default with { Rate = 10, IsRateSet = true })],
            session.Asked);
    }

    [Theory]
    [InlineData("SETP video rate 0", "510 video 0 could not set frame rate")]
    [InlineData("SETP video rate Fast", "510 video Fast could not set frame rate")]
    [InlineData("SETP video bitrate -1", "510 video -1 could not set bit rate")]
    [InlineData("SETP video compression 101", "510 video 101 could not set compression")]
    [InlineData("SETP video select !", "510 video ! could not set selection")]
    [InlineData("SETP video mute perhaps", "510 video perhaps could not set mute")]
    [InlineData("SETP video colour blue", "510 video colour unknown parameter")]
    [InlineData("SETP chat rate 10", "510 chat rate unknown parameter")]
    [InlineData("SETP session events maybe", "510 session maybe could not set events")]
    public void Setp_of_what_cannot_be_says_so_and_asks_nobody(string line, string reply)
    {
        var session = new SessionDriver();
        Assert.Equal([reply], session.Say(line));
        Assert.Empty(session.Asked);
    }

    [Fact]
    public void Setp_that_was_refused_changes_nothing() =>
        Assert.Equal(
            ["510 video 10 could not set frame rate", "310 video 30"],
            new SessionDriver(_ => SessionOutcome.Refused.TryAgain).Say("SETP video rate 10", "GETP video rate"));

    [Fact]
    public void Parameters_set_before_a_conn_go_along_with_it()
    {
        var session = new SessionDriver();
        session.Say("SETP video rate 10", "SETP video mute on", "CONN video joe@127.0.0.1", "CONN audio joe@127.0.0.1");
        var connects = session.Asked.OfType<SessionRequest.Connect>().ToArray();
        Assert.Equal(ServiceParameters.Default with { Rate = 10, IsRateSet = true, Muted = true }, connects[0].Parameters);
        Assert.Equal(ServiceParameters.Default, connects[1].Parameters);
    }

    [Fact]
    public void Parameters_are_kept_for_at_most_64_services()
    {
        var session = new SessionDriver();
        for (int i = 0; i < SessionPolicy.MaxConnections; i++)
            Assert.Equal([$"310 s{i} 10"], session.Say($"SETP s{i} rate 10"));
        Assert.Equal(["510 another 10 could not set frame rate"], session.Say("SETP another rate 10"));
        Assert.Equal(["310 s0 20"], session.Say("SETP s0 rate 20"));
        Assert.Equal(["310 another 30"], session.Say("GETP another rate"));
    }

    [Fact]
    public void Send_says_nothing_to_its_sender_and_goes_to_every_room_joined()
    {
        var session = new SessionDriver();
        session.Say("CONN video a@127.0.0.1", "CONN audio a@127.0.0.1", "CONN video b@127.0.0.1");
        Assert.Equal(["say chat Hello"], session.Say("SEND chat Hello"));
        Assert.Equal([Name.Parse("a"), Name.Parse("b")], session.LastSay!.Rooms.OrderBy(r => r.ToString()));
        Assert.Equal(0, session.Answered[^1].Code);
    }

    [Fact]
    public void Send_with_no_room_joined_goes_to_the_last_address_a_helo_found()
    {
        var session = new SessionDriver(request =>
            request is SessionRequest.Find { Who: var who } && who == Name.Parse("nobody") ? new SessionOutcome.NotFound() : new SessionOutcome.Found());
        session.Say("HELO amy@127.0.0.1", "HELO joe@127.0.0.1", "HELO nobody@127.0.0.1");
        Assert.Equal(["say chat Hello"], session.Say("SEND chat Hello"));
        Assert.Empty(session.LastSay!.Rooms);
        Assert.Equal(Name.Parse("joe"), session.LastSay.Alternative);
    }

    [Fact]
    public void Send_to_nobody_is_silence()
    {
        var session = new SessionDriver();
        Assert.Empty(session.Say("SEND chat Hello"));
        Assert.Single(session.Answered);
    }

    [Fact]
    public void After_the_last_dcon_a_send_goes_to_the_last_helo_again()
    {
        var session = new SessionDriver();
        session.Say("HELO joe@127.0.0.1", "CONN video a@127.0.0.1", "DCON video a@127.0.0.1", "SEND chat Hello");
        Assert.Empty(session.LastSay!.Rooms);
        Assert.Equal(Name.Parse("joe"), session.LastSay.Alternative);
    }

    [Fact]
    public void Quit_is_answered_and_closes()
    {
        var session = new SessionDriver();
        Assert.Equal(["421 quit", "close"], session.Say("QUIT"));
        Assert.True(session.Machine.IsClosed);
    }

    [Theory]
    [InlineData("HELO joe@[::1]")]
    [InlineData("HELO joe@::1")]
    [InlineData("HELO joe@localhost")]
    [InlineData("HELO joe@EXAMPLE.org.")]
    public void Every_served_host_means_the_same_joe(string line) => Assert.Equal(["201 joe is here"], new SessionDriver().Say(line));
}
