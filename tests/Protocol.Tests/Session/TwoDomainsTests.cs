using System.Text;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>A session is of one domain, and of others it learns nothing.</summary>
public sealed class TwoDomainsTests
{
    private static readonly Domain _acme = Domain.Parse("acme.example"), _globex = Domain.Parse("globex.example");
    private static readonly LinkSecurity _tls = new(IsEncrypted: true, IsLocal: false, CanStartTls: false);

    private static readonly ServedHosts _hosts = new(
        ["conference.example.org", "acme.example", "globex.example"], [], [new("www.acme.example", "acme.example")]);

    [Fact]
    public void The_first_address_a_guest_names_says_whose_it_is()
    {
        var session = Session();
        Assert.Equal(["201 standup is here"], session.Say("HELO standup@acme.example"));
        Assert.Equal(Name.Guest(7).In(_acme), session.Machine.Identity);
        Assert.Equal([new SessionRequest.Find(Name.Parse("standup", _acme))], session.Asked);
        Assert.Equal(["310 session guest-7"], session.Say("GETP session name"));
        Assert.Equal(["310 session acme.example"], session.Say("GETP session domain"));
    }

    [Theory]
    [InlineData("HELO standup@globex.example", "501 standup is not here")]
    [InlineData("STAT standup@globex.example", "402 status not available")]
    [InlineData("STAT guest-7@globex.example away", "502 not allowed")]
    [InlineData("CONN video standup@globex.example", "503 not allowed")]
    [InlineData("LIST standup@globex.example", "503 not allowed")]
    [InlineData("DCON video standup@globex.example", "304 video disconnected")]
    [InlineData("CONN video standup@localhost", "503 not allowed")]
    [InlineData("HELO standup@127.0.0.1", "501 standup is not here")]
    [InlineData("CONN video standup@elsewhere.example", "503 elsewhere.example is not served here")]
    public void What_is_another_domains_is_not_there_and_nobody_is_asked(string line, string answer)
    {
        var session = Session();
        session.Say("HELO standup@acme.example");
        session.Asked.Clear();
        Assert.Equal([answer], session.Say(line));
        Assert.Empty(session.Asked);
        Assert.Equal(_acme, session.Machine.Identity.Domain);
    }

    [Fact]
    public void Who_has_named_the_default_domain_is_of_it()
    {
        var session = Session();
        session.Say("STAT joe@127.0.0.1");
        Assert.Equal(["503 not allowed"], session.Say("CONN video standup@acme.example"));
        Assert.Equal(["310 session localhost"], session.Say("GETP session domain"));
    }

    [Fact]
    public void An_address_that_is_not_served_decides_nothing()
    {
        var session = Session();
        session.Say("HELO joe@elsewhere.example", "HELO joe");
        Assert.Equal(["303 video 11000"], session.Say("CONN video standup@acme.example"));
    }

    [Theory]
    [InlineData("joe@acme.example", "acme.example")]
    [InlineData("joe@ACME.example.", "acme.example")]
    [InlineData("joe@www.acme.example", "acme.example")]
    [InlineData("joe@localhost", "default")]
    [InlineData("joe@conference.example.org", "default")]
    [InlineData("joe", "default")]
    public void A_name_is_signed_in_with_its_domain(string name, string domain)
    {
        var anonymous = Session();
        Assert.Equal(["204 joe"], anonymous.Say($"AUTH ANONYMOUS {name}"));
        Assert.Equal(Name.Parse("joe", Domain.Written(domain)), anonymous.Machine.Identity);

        var withPassword = new SessionDriver(hosts: _hosts, link: _tls);
        Assert.Equal(["204 joe"], withPassword.Say(Plain(name)));
        Assert.Equal(Name.Parse("joe", Domain.Written(domain)), withPassword.Machine.Identity);
    }

    [Fact]
    public void A_host_that_is_not_served_is_nobodys_domain()
    {
        Assert.Equal(["504 not served here"], Session().Say("AUTH ANONYMOUS joe@elsewhere.example"));
        Assert.Equal(["504 wrong name or password"], new SessionDriver(hosts: _hosts, link: _tls).Say(Plain("joe@elsewhere.example")));
        Assert.Equal([SignInVerdict.NotServed], Tries("AUTH ANONYMOUS joe@elsewhere.example"));
    }

    [Fact]
    public void Who_signs_in_is_of_that_domain_whatever_it_named_before()
    {
        var session = Session();
        session.Say("HELO bob@globex.example", "AUTH ANONYMOUS joe@acme.example");
        Assert.Equal(["503 not allowed"], session.Say("CONN video standup@globex.example"));
        Assert.Equal(["303 video 11000"], session.Say("CONN video standup@acme.example"));
    }

    [Fact]
    public void Words_do_not_go_to_whom_it_found_in_another_domain()
    {
        var session = Session();
        session.Say("HELO bob@globex.example", "AUTH ANONYMOUS joe@acme.example", "SEND chat hello");
        Assert.Null(session.LastSay);
        session.Say("HELO bob@acme.example", "SEND chat hello");
        Assert.Equal(Name.Parse("bob", _acme), session.LastSay?.Alternative);
    }

    [Fact]
    public void The_name_given_to_TLS_is_the_domain_of_what_is_said_without_one()
    {
        var session = new SessionDriver(hosts: _hosts, link: _tls, serverName: "Acme.Example");
        Assert.Equal(Name.Guest(7).In(_acme), session.Machine.Identity);
        Assert.Equal(["204 joe"], session.Say("AUTH ANONYMOUS joe"));
        Assert.Equal(Name.Parse("joe", _acme), session.Machine.Identity);
        Assert.Equal(["503 not allowed"], session.Say("CONN video standup@globex.example"));

        var other = new SessionDriver(hosts: _hosts, link: _tls, serverName: "acme.example");
        Assert.Equal(["204 joe"], other.Say("AUTH ANONYMOUS joe@globex.example"));
        Assert.Equal(_globex, other.Machine.Identity.Domain);
    }

    [Theory]
    [InlineData("conference.example.org")]
    [InlineData("elsewhere.example")]
    [InlineData("192.0.2.7")]
    [InlineData("")]
    public void A_name_given_to_TLS_that_is_no_domain_of_its_own_decides_nothing(string serverName)
    {
        var session = new SessionDriver(hosts: _hosts, link: _tls, serverName: serverName);
        Assert.Equal(["303 video 11000"], session.Say("CONN video standup@acme.example"));
    }

    [Fact]
    public void Others_are_shown_with_a_host_of_ones_own_domain()
    {
        var session = Session();
        session.Say("AUTH ANONYMOUS joe@acme.example", "SETP session events on", "SETP chat sender on");
        Assert.Equal(["* 110 joined bob@acme.example"], session.Notify(new SessionNotice.Joined(Name.Parse("bob", _acme))));
        session.Say("HELO bob@www.acme.example");
        Assert.Equal(
            ["* 203 chat bob@www.acme.example hello"], session.Notify(new SessionNotice.Said(Name.Parse("bob", _acme), Service.Chat, "hello")));
        session.Say("HELO bob@globex.example");
        Assert.Equal(["* 111 left bob@www.acme.example"], session.Notify(new SessionNotice.Left(Name.Parse("bob", _acme))));
    }

    [Fact]
    public void Whoever_is_selected_is_of_the_sessions_domain()
    {
        var session = Session();
        session.Say("SETP video select bob", "CONN video standup@acme.example");
        var connect = Assert.IsType<SessionRequest.Connect>(session.Asked[^1]);
        Assert.Equal(new SourceSelection.User(Name.Parse("bob", _acme)), connect.Parameters.Selection);
        Assert.Equal(["310 video bob"], session.Say("GETP video select"));
        Assert.Equal(["310 video ann"], session.Say("SETP video select ann@globex.example"));
        Assert.Equal(
            new SourceSelection.User(Name.Parse("ann", _acme)), Assert.IsType<SessionRequest.Configure>(session.Asked[^1]).Parameters.Selection);
    }

    [Fact]
    public void A_token_of_one_domain_opens_no_room_of_another()
    {
        var grants = new SessionGrants([Name.Parse("standup", _acme)], true, null);
        var session = new SessionDriver(
            request => request is SessionRequest.SignInBearer ? new SessionOutcome.SignedIn(Name.Parse("joe", _acme), grants) : new SessionOutcome.Connected(11000),
            hosts: _hosts);
        Assert.Equal(["204 joe"], session.Say("AUTH BEARER token"));
        Assert.Equal(["503 not allowed"], session.Say("CONN video standup@globex.example"));
        Assert.Equal(["503 not allowed"], session.Say("CONN video standup@localhost"));
        Assert.Equal(["503 not allowed"], session.Say("CONN video other@acme.example"));
        Assert.Equal(["303 video 11000"], session.Say("CONN video standup@acme.example"));
    }

    [Fact]
    public void A_domain_asks_guests_to_sign_in_where_others_do_not()
    {
        var hosts = new Rules(_acme, new DomainRules(SignInRequired: true));
        var session = new SessionDriver(hosts: hosts);
        Assert.Equal(["201 standup is here"], session.Say("HELO standup@acme.example"));
        Assert.Equal(["503 authentication required"], session.Say("CONN video standup@acme.example"));
        Assert.Equal(["503 authentication required"], session.Say("LIST standup@acme.example"));
        Assert.Equal(["504 authentication required"], session.Say("AUTH ANONYMOUS joe@acme.example"));
        Assert.Equal(["503 authentication required"], new SessionDriver(hosts: hosts).Say("CONN video standup@acme.example"));
        Assert.Equal(["303 video 11000"], new SessionDriver(hosts: hosts).Say("CONN video standup@globex.example"));
    }

    [Fact]
    public void A_domain_lets_guests_in_where_others_do_not()
    {
        var session = new SessionDriver(hosts: new Rules(_acme, new DomainRules(SignInRequired: false)), authRequired: true);
        Assert.Equal(["303 video 11000"], session.Say("CONN video standup@acme.example"));
    }

    [Fact]
    public void A_domain_may_be_without_browsers()
    {
        var session = new SessionDriver(hosts: new Rules(_acme, new DomainRules(Browsers: false)), web: new WebToken(new string('0', 32)));
        Assert.Equal(["503 no browsers here"], session.Say("CONN video standup@acme.example"));
        Assert.Equal(["303 video 11000"], new SessionDriver(hosts: new Rules(_acme, new DomainRules(Browsers: false))).Say("CONN video standup@acme.example"));
    }

    private static SessionDriver Session() => new(hosts: _hosts);

    private static List<SignInVerdict> Tries(string line)
    {
        var session = Session();
        session.Say(line);
        return session.Tries;
    }

    private static string Plain(string name) => $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0secret"))}";

    /// <summary>One domain of <see cref="_hosts"/> has rules.</summary>
    private sealed class Rules(Domain of, DomainRules rules) : IDomains
    {
        public Domain? Find(string host) => _hosts.Find(host);

        public bool Has(Domain domain) => _hosts.Has(domain);

        public DomainRules RulesOf(Domain domain) => domain == of ? rules : DomainRules.None;
    }
}
