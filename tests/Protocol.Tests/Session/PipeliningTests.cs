using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

public sealed class PipeliningTests
{
    [Fact]
    public void Replies_come_in_command_order_while_a_request_is_out()
    {
        var session = SessionDriver.Silent();
        Assert.Equal(["ask Find"], session.Say("HELO joe@127.0.0.1", "NOOP", "bogus", "CONN video joe@127.0.0.1", "GETP video rate"));
        Assert.Empty(session.Say("NOOP"));
        Assert.Equal(["201 joe is here", "200 ok", "500 unknown command", "ask Connect"], session.Complete(new SessionOutcome.Found()));
        Assert.Equal(["303 video 11000", "310 video 30", "200 ok"], session.Complete(new SessionOutcome.Connected(11000)));
    }

    [Fact]
    public void A_pipelined_command_sees_what_the_one_before_it_did()
    {
        var session = SessionDriver.Silent();
        session.Say("SETP video rate 10", "CONN video a@127.0.0.1", "CONN video a@127.0.0.1", "SEND chat Hello", "DCON video a@127.0.0.1");
        Assert.Equal(["310 video 10", "ask Connect"], session.Complete(new SessionOutcome.Done()));
        Assert.Equal(10, Assert.IsType<SessionRequest.Connect>(session.Asked[^1]).Parameters.Rate);
        Assert.Equal(
            ["303 video 11000", "303 video 11000", "say chat Hello", "ask Disconnect"],
            session.Complete(new SessionOutcome.Connected(11000)));
        Assert.Equal([Name.Parse("a")], session.LastSay!.Rooms);
    }

    [Fact]
    public void Quit_waits_for_its_turn_and_what_follows_it_is_ignored()
    {
        var session = SessionDriver.Silent();
        session.Say("HELO joe@127.0.0.1", "QUIT", "NOOP", "CONN video joe@127.0.0.1");
        Assert.Equal(["201 joe is here", "421 quit", "close"], session.Complete(new SessionOutcome.Found()));
        Assert.Empty(session.Say("NOOP"));
        Assert.Equal(2, session.Answered.Count);
    }

    [Fact]
    public void The_session_may_end_while_a_request_is_out()
    {
        var session = SessionDriver.Silent();
        session.Say("HELO joe@127.0.0.1", "NOOP");
        session.Machine.End("draining");
        Assert.Equal(["421 draining", "close"], session.Take());
        Assert.Empty(session.Complete(new SessionOutcome.Found()));
        Assert.Empty(session.Say("NOOP"));
        Assert.Empty(session.Notify(new SessionNotice.Said(Name.Parse("amy"), Service.Chat, "Hello")));
        session.Machine.End("again");
        Assert.Empty(session.Take());
    }

    [Fact]
    public void An_outcome_nobody_waits_for_is_ignored()
    {
        var session = SessionDriver.Silent();
        Assert.Empty(session.Complete(new SessionOutcome.Found()));
        Assert.Equal(["200 ok"], session.Say("NOOP"));
    }
}
