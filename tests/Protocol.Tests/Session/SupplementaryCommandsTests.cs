using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>What a client of 2002 never asks for.</summary>
public sealed class SupplementaryCommandsTests
{
    [Fact]
    public void Feat_lists_what_is_understood() =>
        Assert.Equal(["210 AUTH NOOP LIST STATUS EVENTS SENDER PORTS SELECT MUTE LAYERS DETAILS ROAM RECORDING RESUME ROOM"], new SessionDriver().Say("FEAT"));

    [Fact]
    public void Noop_is_ok() => Assert.Equal(["200 ok"], new SessionDriver().Say("NOOP"));

    [Fact]
    public void Auth_anonymous_gives_a_name()
    {
        var session = new SessionDriver();
        Assert.Equal(["204 joe"], session.Say("AUTH ANONYMOUS Joe"));
        Assert.Equal(Name.Parse("joe"), session.Machine.Identity);
        Assert.False(session.Machine.IsGuest);
    }

    [Fact]
    public void Auth_refused_says_why_and_leaves_a_guest()
    {
        var session = new SessionDriver(_ => new SessionOutcome.NotSignedIn(SignInVerdict.NameInUse));
        Assert.Equal(["504 name in use"], session.Say("AUTH ANONYMOUS joe"));
        Assert.True(session.Machine.IsGuest);
    }

    [Theory]
    [InlineData("AUTH ANONYMOUS j!", "504 illegal name")]
    [InlineData("AUTH ANONYMOUS guest-9", "504 reserved name")]
    [InlineData("AUTH ANONYMOUS Operator", "504 reserved name")]
    [InlineData("AUTH ANONYMOUS ＧＵＥＳＴ-9", "504 reserved name")]
    [InlineData("AUTH PLAIN AGpvZQB4", "504 start TLS first")]
    [InlineData("STLS", "504 TLS not available")]
    public void What_cannot_sign_in_says_why_and_asks_nobody(string line, string reply)
    {
        var session = new SessionDriver();
        Assert.Equal([reply], session.Say(line));
        Assert.Empty(session.Asked);
    }

    [Fact]
    public void A_session_signs_in_once() =>
        Assert.Equal(["204 joe", "504 already signed in as joe"], new SessionDriver().Say("AUTH ANONYMOUS joe", "AUTH ANONYMOUS amy"));

    [Fact]
    public void Nobody_changes_their_name_inside_a_room() =>
        Assert.Equal(
            ["303 video 11000", "504 disconnect first", "304 video disconnected", "204 joe"],
            new SessionDriver().Say("CONN video a@127.0.0.1", "AUTH ANONYMOUS joe", "DCON video a@127.0.0.1", "AUTH ANONYMOUS joe"));

    [Fact]
    public void Where_signing_in_is_required_guests_may_look_but_not_join_speak_or_list()
    {
        var session = new SessionDriver(authRequired: true);
        Assert.Equal(["201 a is here", "202 online"], session.Say("HELO a@127.0.0.1", "STAT a@127.0.0.1"));
        Assert.Equal(["503 authentication required"], session.Say("CONN video a@127.0.0.1"));
        Assert.Equal(["503 authentication required"], session.Say("LIST a@127.0.0.1"));
        Assert.Empty(session.Say("SEND chat Hello"));
        Assert.Equal(["504 authentication required"], session.Say("AUTH ANONYMOUS joe"));
        Assert.Equal(["310 video 30", "200 ok", "304 video disconnected"], session.Say("GETP video rate", "NOOP", "DCON video a@127.0.0.1"));
    }

    [Theory]
    [InlineData("away", "202 away")]
    [InlineData("BUSY", "202 busy")]
    [InlineData("online", "202 online")]
    [InlineData("hidden", "202 hidden")]
    public void The_signed_in_set_their_own_status(string status, string reply)
    {
        var session = SessionDriver.SignedIn("joe");
        Assert.Equal([reply], session.Say($"STAT Joe@127.0.0.1 {status}"));
        Assert.IsType<SessionRequest.SetStatus>(session.Asked[^1]);
    }

    [Fact]
    public void Nobody_else_may_set_it()
    {
        Assert.Equal(["502 not allowed"], SessionDriver.SignedIn("joe").Say("STAT amy@127.0.0.1 away"));
        Assert.Equal(["502 not allowed"], SessionDriver.SignedIn("joe").Say("STAT joe@192.0.2.99 away"));
        Assert.Equal(["502 not allowed"], new SessionDriver().Say("STAT joe@127.0.0.1 away"));
        Assert.Equal(["502 not allowed"], new SessionDriver().Say("STAT guest-7@127.0.0.1 away"));
    }

    [Fact]
    public void A_status_that_could_not_be_set_says_why()
    {
        var session = new SessionDriver(r => r is SessionRequest.SignInAnonymous s ? new SessionOutcome.SignedIn(s.Name) : SessionOutcome.Refused.TryAgain);
        Assert.Equal(["204 joe", "503 try again"], session.Say("AUTH ANONYMOUS joe", "STAT joe@127.0.0.1 away"));
    }

    [Fact]
    public void The_hidden_see_themselves()
    {
        var session = new SessionDriver(r => r is SessionRequest.SignInAnonymous s ? new SessionOutcome.SignedIn(s.Name) : new SessionOutcome.StatusIs(UserStatus.Hidden));
        Assert.Equal(
            ["204 joe", "202 hidden", "402 status not available"],
            session.Say("AUTH ANONYMOUS joe", "STAT joe@127.0.0.1", "STAT amy@127.0.0.1"));
    }

    [Fact]
    public void List_tells_each_member_and_then_the_end()
    {
        var session = new SessionDriver(_ => new SessionOutcome.Members(
            [new Member(Name.Parse("amy"), [Service.Video, Service.Audio]), new Member(Name.Parse("joe"), [Service.Audio])]));
        Assert.Equal(["211 amy video,audio", "211 joe audio", "211 end"], session.Say("LIST standup@127.0.0.1"));
        Assert.Equal([new SessionRequest.ListMembers(Name.Parse("standup"))], session.Asked);
        Assert.Equal(211, Assert.Single(session.Answered).Code);
    }

    [Fact]
    public void List_of_an_empty_room_is_only_the_end() => Assert.Equal(["211 end"], new SessionDriver().Say("LIST standup@127.0.0.1"));

    [Fact]
    public void List_refused_says_why()
    {
        Assert.Equal(["503 try again"], new SessionDriver(_ => SessionOutcome.Refused.TryAgain).Say("LIST a@127.0.0.1"));
        Assert.Equal(["503 192.0.2.99 is not served here"], new SessionDriver().Say("LIST a@192.0.2.99"));
        Assert.Equal(["503 illegal name"], new SessionDriver().Say("LIST a!@127.0.0.1"));
    }

    [Fact]
    public void Ports_name_their_transport_for_who_asks()
    {
        var session = new SessionDriver();
        Assert.Equal(["310 session plain", "310 session udp"], session.Say("GETP session ports", "SETP session ports UDP"));
        Assert.Equal(
            ["303 video udp/11000", "303 video udp/11000", "310 session plain", "303 video 11000"],
            session.Say("CONN video a@127.0.0.1", "CONN video a@127.0.0.1", "SETP session ports plain", "CONN video a@127.0.0.1"));
    }
}
