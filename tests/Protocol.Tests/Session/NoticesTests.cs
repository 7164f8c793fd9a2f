using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>Lines nobody asked for at that moment; which there are, the session's options say.</summary>
public sealed class NoticesTests
{
    private static readonly Name _joe = Name.Parse("joe");
    private static readonly Name _amy = Name.Parse("amy");
    private static readonly Name _standup = Name.Parse("standup");

    public static TheoryData<SessionNotice, string> Events { get; } = new()
    {
        { new SessionNotice.Joined(_joe), "* 110 joined joe@127.0.0.1" },
        { new SessionNotice.Left(_joe), "* 111 left joe@127.0.0.1" },
        { new SessionNotice.Called(Service.Video, _joe), "* 112 call video joe@127.0.0.1" },
        { new SessionNotice.Spoke(_joe), "* 113 speaker joe@127.0.0.1" },
        { new SessionNotice.Muted(_standup, _joe, IsMuted: true), "* 115 muted joe@127.0.0.1" },
        { new SessionNotice.Muted(_standup, _joe, IsMuted: false), "* 116 unmuted joe@127.0.0.1" },
        { new SessionNotice.OtherPutOut(_joe), "* 117 put-out joe@127.0.0.1" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_told_to_who_asked_and_to_nobody_else(SessionNotice notice, string line)
    {
        var session = new SessionDriver();
        Assert.Empty(session.Notify(notice));
        Assert.Equal(["310 session on"], session.Say("SETP session events on"));
        Assert.Equal([line], session.Notify(notice));
        Assert.Equal(["310 session off"], session.Say("SETP session events off"));
        Assert.Empty(session.Notify(notice));
    }

    [Fact]
    public void Chat_names_its_sender_to_who_asked()
    {
        var session = new SessionDriver();
        var said = new SessionNotice.Said(_joe, Service.Chat, "Hello  there ");
        Assert.Equal(["* 203 chat Hello  there "], session.Notify(said));
        session.Say("SETP chat sender on");
        Assert.Equal(["* 203 chat joe@127.0.0.1 Hello  there "], session.Notify(said));
        session.Say("SETP chat sender off");
        Assert.Equal(["* 203 chat Hello  there "], session.Notify(said));
    }

    [Fact]
    public void Addresses_bear_the_host_the_client_itself_said_last()
    {
        var session = new SessionDriver();
        session.Say("SETP session events on", "HELO amy@[::1]");
        Assert.Equal(["* 110 joined joe@[::1]"], session.Notify(new SessionNotice.Joined(_joe)));
        session.Say("HELO amy@192.0.2.99", "CONN video amy@Example.ORG");
        Assert.Equal(["* 110 joined joe@Example.ORG"], session.Notify(new SessionNotice.Joined(_joe)));
    }

    [Fact]
    public void Chat_in_ones_own_room_is_heard_once_whether_inside_or_not()
    {
        var session = SessionDriver.SignedIn("amy");
        var amy = Name.Parse("amy");
        var toOwner = new SessionNotice.Said(_joe, Service.Chat, "Hello", ToOwnerOf: amy);
        Assert.Equal(["* 203 chat Hello"], session.Notify(toOwner));

        session.Say("CONN audio amy@127.0.0.1");
        Assert.Empty(session.Notify(toOwner));
        Assert.Equal(["* 203 chat Hello"], session.Notify(toOwner with { ToOwnerOf = null }));

        session.Say("DCON audio amy@127.0.0.1", "CONN audio standup@127.0.0.1");
        Assert.Equal(["* 203 chat Hello"], session.Notify(toOwner));
    }

    [Fact]
    public void Who_was_put_out_is_told_and_may_connect_again()
    {
        var session = new SessionDriver();
        session.Say("SETP session events on", "CONN video a@127.0.0.1", "CONN audio a@127.0.0.1", "CONN video b@127.0.0.1");
        Assert.Equal(["* 111 left guest-7@127.0.0.1"], session.Notify(new SessionNotice.PutOut(Name.Parse("a"), IsClosing: true)));
        Assert.Empty(session.Notify(new SessionNotice.PutOut(Name.Parse("a"), IsClosing: true)));
        session.Say("SEND chat Hello");
        Assert.Equal([Name.Parse("b")], session.LastSay!.Rooms);
        Assert.Equal(["304 video disconnected"], session.Say("DCON video a@127.0.0.1"));
        Assert.Equal(["303 video 11003"], session.Say("CONN video a@127.0.0.1"));
    }

    [Fact]
    public void Who_is_put_out_alone_is_told_that_an_operator_did_it()
    {
        var session = new SessionDriver();
        session.Say("SETP session events on", "CONN video standup@127.0.0.1");
        Assert.Equal(
            ["* 117 put-out guest-7@127.0.0.1", "* 111 left guest-7@127.0.0.1"],
            session.Notify(new SessionNotice.PutOut(_standup, IsClosing: false)));
    }

    [Fact]
    public void A_mute_by_an_operator_is_what_getp_tells_and_setp_cannot_undo()
    {
        var session = SessionDriver.SignedIn("amy");
        session.Say("CONN audio standup@127.0.0.1", "CONN video other@127.0.0.1");
        Assert.Empty(session.Notify(new SessionNotice.Muted(_standup, _amy, IsMuted: true)));
        Assert.Equal(["310 audio on", "310 video off", "310 screen on"], session.Say("GETP audio mute", "GETP video mute", "GETP screen mute"));
        Assert.Equal(["510 audio off could not set mute"], session.Say("SETP audio mute off"));
        Assert.Equal(["310 video off"], session.Say("SETP video mute off"));
        Assert.Equal(["310 audio 10", "310 audio on"], session.Say("SETP audio rate 10", "SETP audio mute on"));

        // Taken back, her own word holds again.
        session.Notify(new SessionNotice.Muted(_standup, _amy, IsMuted: false));
        Assert.Equal(["310 audio on", "310 audio off", "310 audio off"], session.Say("GETP audio mute", "SETP audio mute off", "GETP audio mute"));
    }

    [Fact]
    public void A_mute_of_somebody_else_is_not_ones_own_and_one_that_is_known_is_not_told_again()
    {
        var session = SessionDriver.SignedIn("amy");
        session.Say("SETP session events on", "CONN audio standup@127.0.0.1");
        Assert.Equal(["* 115 muted joe@127.0.0.1"], session.Notify(new SessionNotice.Muted(_standup, _joe, IsMuted: true)));
        Assert.Equal(["310 audio off"], session.Say("GETP audio mute"));
        Assert.Equal(["* 115 muted amy@127.0.0.1"], session.Notify(new SessionNotice.Muted(_standup, _amy, IsMuted: true)));
        Assert.Empty(session.Notify(new SessionNotice.Muted(_standup, _amy, IsMuted: true)));
    }

    [Fact]
    public void A_mute_ends_for_a_session_that_leaves_and_comes_when_the_room_says_so_again()
    {
        var session = SessionDriver.SignedIn("amy");
        session.Say("CONN audio standup@127.0.0.1");
        session.Notify(new SessionNotice.Muted(_standup, _amy, IsMuted: true));
        session.Say("DCON audio standup@127.0.0.1");
        Assert.Equal(["310 audio off"], session.Say("GETP audio mute"));
        session.Say("CONN audio standup@127.0.0.1");
        Assert.Equal(["310 audio off"], session.Say("GETP audio mute"));
    }

    [Fact]
    public void Being_put_out_is_silent_for_a_client_of_2002()
    {
        var session = new SessionDriver();
        session.Say("CONN video a@127.0.0.1");
        Assert.Empty(session.Notify(new SessionNotice.PutOut(Name.Parse("a"), IsClosing: true)));
        Assert.Equal(["303 video 11001"], session.Say("CONN video a@127.0.0.1"));
    }

    [Fact]
    public void A_notice_does_not_wait_for_a_command_under_way()
    {
        var session = SessionDriver.Silent();
        Assert.Equal(["ask Find"], session.Say("HELO joe@127.0.0.1", "NOOP"));
        Assert.Equal(["* 203 chat Hello"], session.Notify(new SessionNotice.Said(_joe, Service.Chat, "Hello")));
        Assert.Equal(["201 joe is here", "200 ok"], session.Complete(new SessionOutcome.Found()));
    }

    [Fact]
    public void Chat_does_not_show_in_a_notice_or_an_output_as_text()
    {
        Assert.DoesNotContain("s3cret", new SessionNotice.Said(_joe, Service.Chat, "s3cret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", new SessionOutput.Say(Service.Chat, "s3cret", [], _joe).ToString(), StringComparison.Ordinal);
    }
}
