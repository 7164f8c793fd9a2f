using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary><c>SETP session recording</c>, and what the others are told of it.</summary>
public sealed class RecordingTests
{
    private static readonly Name _standup = Name.Parse("standup");
    private static readonly SessionNotice _begins = new SessionNotice.Recording(_standup, Name.Parse("joe"), IsOn: true);
    private static readonly SessionNotice _ends = new SessionNotice.Recording(_standup, Name.Parse("joe"), IsOn: false);

    [Fact]
    public void It_begins_and_ends_for_every_service_that_is_connected()
    {
        var session = new SessionDriver();
        session.Say("CONN video a@127.0.0.1", "CONN video b@127.0.0.1", "CONN audio a@127.0.0.1", "SETP video rate 7");
        Assert.Equal(["310 session on", "310 session on"], session.Say("SETP session recording on", "GETP session recording"));
        var record = Assert.IsType<SessionRequest.Record>(session.Asked[^1]);
        Assert.Equal([Service.Audio, Service.Video], record.Parameters.Keys.OrderBy(s => s.ToString()));
        Assert.All(record.Parameters.Values, p => Assert.True(p.Recording));
        Assert.Equal(7, record.Parameters[Service.Video].Rate);
        Assert.Equal(["310 session off"], session.Say("SETP session recording off"));
        Assert.All(Assert.IsType<SessionRequest.Record>(session.Asked[^1]).Parameters.Values, p => Assert.False(p.Recording));
    }

    [Fact]
    public void Said_before_it_connects_it_goes_along_and_stays_whatever_else_is_set()
    {
        var session = new SessionDriver();
        Assert.Equal(["310 session on"], session.Say("SETP session recording on"));
        Assert.Empty(session.Asked);
        session.Say("CONN video a@127.0.0.1", "SETP video rate 7");
        Assert.True(Assert.IsType<SessionRequest.Connect>(session.Asked[0]).Parameters.Recording);
        Assert.True(Assert.IsType<SessionRequest.Configure>(session.Asked[1]).Parameters.Recording);
        session.Say("SETP session recording off", "SETP video rate 8");
        Assert.False(Assert.IsType<SessionRequest.Configure>(session.Asked[^1]).Parameters.Recording);
    }

    [Fact]
    public void What_was_said_already_costs_the_room_nothing()
    {
        var session = new SessionDriver();
        session.Say("CONN video a@127.0.0.1", "SETP session recording on");
        int asked = session.Asked.Count;
        Assert.Equal(["310 session on"], session.Say("SETP session recording on"));
        Assert.Equal(asked, session.Asked.Count);
    }

    [Fact]
    public void Where_nobody_answers_it_is_as_it_was()
    {
        var session = new SessionDriver(r => r is SessionRequest.Record ? SessionOutcome.Refused.TryAgain : new SessionOutcome.Connected(1));
        session.Say("CONN video a@127.0.0.1");
        Assert.Equal(
            ["510 session on could not set recording", "310 session off"], session.Say("SETP session recording on", "GETP session recording"));
    }

    [Fact]
    public void It_is_an_option_of_the_session_and_of_nothing_else()
    {
        Assert.Equal(
            ["510 session maybe could not set recording", "510 video recording unknown parameter", "510 video recording unknown parameter"],
            new SessionDriver().Say("SETP session recording maybe", "SETP video recording on", "GETP video recording"));
    }

    [Fact]
    public void That_somebody_records_is_told_once_and_also_to_who_asks_for_events_later()
    {
        var session = new SessionDriver();
        session.Say("CONN video standup@127.0.0.1");
        Assert.Empty(session.Notify(_begins));
        Assert.Equal(["310 session on", "* 120 recording joe@127.0.0.1"], session.Say("SETP session events on"));
        Assert.Empty(session.Notify(_begins));
        Assert.Equal(["* 121 recorded joe@127.0.0.1"], session.Notify(_ends));
        Assert.Empty(session.Notify(_ends));
        Assert.Equal(["* 120 recording joe@127.0.0.1"], session.Notify(_begins));
    }

    [Fact]
    public void Who_has_left_the_room_is_not_told_of_it_any_more()
    {
        var session = new SessionDriver();
        session.Say("CONN video standup@127.0.0.1", "CONN audio standup@127.0.0.1");
        session.Notify(_begins);
        session.Say("DCON video standup@127.0.0.1");
        Assert.Equal(["310 session on", "* 120 recording joe@127.0.0.1"], session.Say("SETP session events on"));
        session.Say("SETP session events off", "DCON audio standup@127.0.0.1");
        Assert.Equal(["310 session on"], session.Say("SETP session events on"));
    }
}
