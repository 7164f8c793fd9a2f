using System.Text;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>AUTH PLAIN and BEARER, and what a session may after them.</summary>
public sealed class SignInTests
{
    private static readonly LinkSecurity _encrypted = new(IsEncrypted: true, IsLocal: false, CanStartTls: false);
    private static readonly DateTimeOffset _soon = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), _later = _soon.AddHours(1);
    private static readonly LinkSecurity _local = new(IsEncrypted: false, IsLocal: true, CanStartTls: false);

    [Theory]
    [InlineData("joe")]
    [InlineData("Joe@EXAMPLE.org")]
    [InlineData("ｊｏｅ")]
    public void A_name_and_a_password_are_asked_about_and_make_a_user(string user)
    {
        var session = new SessionDriver(link: _encrypted);
        Assert.Equal(["204 joe"], session.Say($"AUTH PLAIN {Plain(user, "secret")}"));
        Assert.Equal([new SessionRequest.SignInPassword(Name.Parse("joe"), "secret")], session.Asked);
        Assert.Equal(Name.Parse("joe"), session.Machine.Identity);
        Assert.Equal([SignInVerdict.Ok], session.Tries);
    }

    [Fact]
    public void In_clear_text_a_password_is_taken_from_this_machine_only()
    {
        var far = new SessionDriver();
        Assert.Equal(["504 start TLS first"], far.Say($"AUTH PLAIN {Plain("joe", "secret")}"));
        Assert.Equal([SignInVerdict.ClearText], far.Tries);
        Assert.Empty(far.Asked);

        Assert.Equal(["204 joe"], new SessionDriver(link: _local).Say($"AUTH PLAIN {Plain("joe", "secret")}"));
        // A token is its issuer's to guard.
        Assert.Equal(["204 joe"], new SessionDriver().Say("AUTH BEARER a.b.c"));
    }

    [Theory]
    [InlineData("x", "504 malformed credentials")]
    [InlineData("AGpvZQ==", "504 malformed credentials")]
    [InlineData("AGpvZUAxOTIuMC4yLjk5AHg=", "504 wrong name or password")]
    [InlineData("AGpvIWUAeA==", "504 wrong name or password")]
    [InlineData("AGd1ZXN0LTEAeA==", "504 wrong name or password")]
    public void What_cannot_be_anybodys_is_refused_and_nobody_is_asked(string credential, string reply)
    {
        var session = new SessionDriver(link: _encrypted);
        Assert.Equal([reply], session.Say($"AUTH PLAIN {credential}"));
        Assert.Empty(session.Asked);
        Assert.True(session.Machine.IsGuest);
    }

    [Theory]
    [InlineData(SignInVerdict.WrongCredentials, "504 wrong name or password")]
    [InlineData(SignInVerdict.TokenExpired, "504 invalid token")]
    [InlineData(SignInVerdict.TokenSignature, "504 invalid token")]
    [InlineData(SignInVerdict.TokensNotAccepted, "504 invalid token")]
    [InlineData(SignInVerdict.Throttled, "504 try again later")]
    [InlineData(SignInVerdict.Busy, "504 try again later")]
    [InlineData(SignInVerdict.NameInUse, "504 name in use")]
    public void A_refusal_does_not_tell_what_was_wrong_but_is_counted_by_it(SignInVerdict verdict, string reply)
    {
        var session = new SessionDriver(_ => new SessionOutcome.NotSignedIn(verdict));
        Assert.Equal([reply], session.Say("AUTH BEARER a.b.c"));
        Assert.Equal([verdict], session.Tries);
        Assert.True(session.Machine.IsGuest);
    }

    [Fact]
    public void Whom_nobody_answered_may_try_again() =>
        Assert.Equal(["504 try again"], new SessionDriver(_ => SessionOutcome.Refused.TryAgain).Say("AUTH BEARER a.b.c"));

    [Fact]
    public void Where_signing_in_is_required_a_user_may_do_everything()
    {
        var session = new SessionDriver(authRequired: true);
        Assert.Equal(["204 joe", "303 video 11000", "211 end"], session.Say("AUTH BEARER a.b.c", "CONN video a@127.0.0.1", "LIST a@127.0.0.1"));
    }

    [Fact]
    public void Rooms_a_token_does_not_name_are_shut()
    {
        var session = Granted(new SessionGrants([Name.Parse("standup")], true, null));
        Assert.Equal(["303 video 11000"], session.Say("CONN video StandUp@127.0.0.1"));
        Assert.Equal(["503 not allowed"], session.Say("CONN video other@127.0.0.1"));
        Assert.Equal(["503 not allowed"], session.Say("LIST other@127.0.0.1"));
        Assert.Equal(["211 end"], session.Say("LIST standup@127.0.0.1"));
        // Looking is free.
        Assert.Equal(["201 other is here"], session.Say("HELO other@127.0.0.1"));
        Assert.Equal(["say chat Hello"], session.Say("SEND chat Hello"));
        Assert.Equal([Name.Parse("standup")], session.LastSay!.Rooms);
        Assert.Null(session.LastSay.Alternative);
    }

    [Fact]
    public void Words_for_whom_a_token_does_not_name_go_nowhere()
    {
        var session = Granted(new SessionGrants([Name.Parse("standup")], true, null));
        Assert.Equal(["201 other is here"], session.Say("HELO other@127.0.0.1", "SEND chat Hello"));
        Assert.Equal(["201 standup is here", "say chat Hello"], session.Say("HELO standup@127.0.0.1", "SEND chat Hello"));
    }

    [Fact]
    public void Who_may_not_publish_is_muted_and_stays_so()
    {
        var session = Granted(new SessionGrants(null, false, null));
        Assert.Equal(["310 video on", "510 video off could not set mute"], session.Say("GETP video mute", "SETP video mute off"));
        Assert.Equal(["310 video on", "310 video 10"], session.Say("SETP video mute on", "SETP video rate 10"));
        Assert.Equal(["303 audio 11000"], session.Say("CONN audio standup@127.0.0.1"));
        Assert.True(((SessionRequest.Connect)session.Asked[^1]).Parameters.Muted);
    }

    [Fact]
    public void Who_signed_in_by_a_token_may_show_another()
    {
        var session = Granted(new SessionGrants([Name.Parse("standup")], true, _soon));
        Assert.Equal(["303 video 11000"], session.Say("CONN video standup@127.0.0.1"));
        session.NextRenewal = new SessionOutcome.Renewed(new SessionGrants([Name.Parse("standup"), Name.Parse("other")], true, _later));
        Assert.Equal(["204 joe"], session.Say("AUTH BEARER d.e.f"));
        Assert.Equal(new SessionRequest.Renew(Name.Parse("joe"), "d.e.f"), session.Asked[^1]);
        Assert.Equal(_later, session.Machine.Grants.Until);
        Assert.Equal(["303 video 11001"], session.Say("CONN video other@127.0.0.1"));
    }

    [Theory]
    [InlineData("other", true)]
    [InlineData("standup", false)]
    public void It_takes_nobody_out_of_a_room_and_silences_nobody_there(string room, bool mayPublish)
    {
        var session = Granted(new SessionGrants([Name.Parse("standup")], true, _soon));
        session.Say("CONN video standup@127.0.0.1");
        session.NextRenewal = new SessionOutcome.Renewed(new SessionGrants([Name.Parse(room)], mayPublish, _later));
        Assert.Equal(["504 disconnect first"], session.Say("AUTH BEARER d.e.f"));
        Assert.Equal(_soon, session.Machine.Grants.Until);
        Assert.Equal(["304 video disconnected", "204 joe"], session.Say("DCON video standup@127.0.0.1", "AUTH BEARER d.e.f"));
        Assert.Equal(mayPublish, session.Machine.Grants.MayPublish);
    }

    [Fact]
    public void Nobody_becomes_another_by_a_token_and_a_password_is_for_as_long_as_one_stays()
    {
        var session = Granted(new SessionGrants(null, true, _soon));
        session.NextRenewal = new SessionOutcome.NotSignedIn(SignInVerdict.AlreadySignedIn);
        Assert.Equal(["504 already signed in as joe"], session.Say("AUTH BEARER d.e.f"));
        Assert.Equal(["504 already signed in as joe"], session.Say("AUTH ANONYMOUS ann"));

        var byPassword = new SessionDriver(link: _encrypted);
        byPassword.Say($"AUTH PLAIN {Plain("joe", "secret")}");
        Assert.Equal(["504 already signed in as joe"], byPassword.Say("AUTH BEARER d.e.f"));
        Assert.Single(byPassword.Asked);
    }

    [Fact]
    public void Why_a_domain_lets_nobody_in_is_told()
    {
        var session = new SessionDriver(_ => new SessionOutcome.NotSignedIn(SignInVerdict.DomainFull, "acme.example is full"));
        Assert.Equal(["504 acme.example is full"], session.Say("AUTH BEARER a.b.c"));
        Assert.Equal([SignInVerdict.DomainFull], session.Tries);
    }

    [Fact]
    public void A_password_or_token_is_in_no_text_of_a_request()
    {
        var session = new SessionDriver(link: _encrypted);
        session.Say($"AUTH PLAIN {Plain("joe", "secret")}");
        Assert.DoesNotContain("secret", session.Asked[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("a.b.c", new SessionRequest.SignInBearer("a.b.c").ToString(), StringComparison.Ordinal);
    }

    private static SessionDriver Granted(SessionGrants grants)
    {
        SessionDriver session = null!;
        session = new SessionDriver(r => r switch
        {
            SessionRequest.SignInBearer => new SessionOutcome.SignedIn(Name.Parse("joe"), grants),
            SessionRequest.Renew => session.NextRenewal,
            _ => session.Yes(r),
        });
        Assert.Equal(["204 joe"], session.Say("AUTH BEARER a.b.c"));
        return session;
    }

    private static string Plain(string user, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));
}
