using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>What people set in the room they are in, and how a session waits to be let into one.</summary>
public sealed class RoomSettingTests
{
    private static readonly LinkSecurity _safe = new(IsEncrypted: true, IsLocal: false, CanStartTls: false);
    private static readonly Name _standup = Name.Parse("standup");

    [Theory]
    [InlineData("SETP room title Weekly  standup ", "title", "Weekly  standup")]
    [InlineData("setp ROOM Motd  none", "motd", "none")]
    [InlineData("SETP room invite 60 5", "invite", "60 5")]
    public void Of_a_room_the_value_goes_to_the_end_of_the_line(string line, string parameter, string value) =>
        Assert.Equal(new Command.Setp(Service.Room, parameter, value), CommandParser.Parse(line));

    [Theory]
    [InlineData("lobby", "maybe")]
    [InlineData("history", "1")]
    [InlineData("moderator", "jo/e")]
    [InlineData("put-out", "joe 0")]
    [InlineData("put-out", "joe 43201")]
    [InlineData("put-out", "joe ten")]
    [InlineData("put-out", "joe 1 2")]
    [InlineData("invite", "60")]
    [InlineData("invite", "60 0")]
    [InlineData("invite", "60 1001")]
    [InlineData("withdraw", "0192")]
    [InlineData("password", "two words")]
    [InlineData("title", "a\u2028b")]
    [InlineData("title", "a\u0085b")]
    public void What_cannot_be_is_refused(string parameter, string value) => Assert.Null(RoomSetting.Parse(parameter, value, Domain.Default));

    [Fact]
    public void Texts_have_lengths_in_bytes()
    {
        Assert.NotNull(RoomSetting.Parse("title", new string('x', 200), Domain.Default));
        Assert.Null(RoomSetting.Parse("title", new string('\u00FC', 101), Domain.Default));
        Assert.NotNull(RoomSetting.Parse("motd", new string('x', 800), Domain.Default));
        Assert.Null(RoomSetting.Parse("motd", new string('x', 801), Domain.Default));
        Assert.Null(RoomSetting.Parse("password", new string('x', 257), Domain.Default));
        Assert.Equal(["510 session - could not set password"], new SessionDriver(link: _safe).Say($"SETP session password {new string('x', 257)}"));
    }

    [Fact]
    public void Who_is_named_is_of_the_sessions_own_domain()
    {
        var acme = Domain.Parse("acme.example");
        Assert.Equal(new RoomSetting.Moderator(Name.Parse("joe", acme), true), RoomSetting.Parse("moderator", "Joe@globex.example", acme));
        Assert.Equal(new RoomSetting.EveryoneMuted(true), RoomSetting.Parse("mute", "All", acme));
    }

    [Fact]
    public void It_is_about_the_room_that_was_connected_to_last_and_is_still()
    {
        var session = new SessionDriver(r => r is SessionRequest.SetRoom ? new SessionOutcome.RoomIs("on") : new SessionDriver().Yes(r), link: _safe);
        Assert.Equal(["503 not in a room"], session.Say("SETP room lobby on"));
        Assert.Equal(["503 not in a room"], session.Say("GETP room lobby"));
        session.Say("CONN audio standup@127.0.0.1", "CONN audio other@127.0.0.1");
        Assert.Equal(["310 room on"], session.Say("SETP room lobby on"));
        Assert.Equal(new SessionRequest.SetRoom(Name.Parse("other"), new RoomSetting.Lobby(true)), session.Asked[^1]);
        session.Say("DCON audio other@127.0.0.1", "SETP room lobby on");
        Assert.Equal(new SessionRequest.SetRoom(_standup, new RoomSetting.Lobby(true)), session.Asked[^1]);
        Assert.Equal(["510 room colour unknown parameter"], session.Say("SETP room colour red"));
        Assert.Equal(["510 room owner unknown parameter"], session.Say("SETP room owner joe"));
        Assert.Equal(["510 room maybe could not set lobby"], session.Say("SETP room lobby maybe"));
        Assert.Equal(["503 room is not a media service"], session.Say("CONN room standup@127.0.0.1"));
    }

    [Fact]
    public void Secrets_are_not_taken_where_somebody_could_read_along_and_never_told()
    {
        var open = new SessionDriver();
        open.Say("CONN audio standup@127.0.0.1");
        Assert.Equal(["503 start TLS first"], open.Say("SETP session password tulip"));
        Assert.Equal(["503 start TLS first"], open.Say("SETP session invitation abc"));
        Assert.Equal(["503 start TLS first"], open.Say("SETP room password tulip"));
        var safe = new SessionDriver(link: _safe);
        Assert.Equal(["310 session off"], safe.Say("GETP session password"));
        Assert.Equal(["310 session on"], safe.Say("SETP session password tulip"));
        Assert.Equal(["310 session on"], safe.Say("GETP session password"));
        safe.Say("CONN audio standup@127.0.0.1", "CONN video standup@127.0.0.1");
        Assert.Equal(
            [new RoomPass("tulip"), RoomPass.None], safe.Asked.OfType<SessionRequest.Connect>().Select(c => c.Pass));
        Assert.DoesNotContain("tulip", string.Join(' ', safe.Asked.Append<object>(CommandParser.Parse("SETP session password tulip"))), StringComparison.Ordinal);
        Assert.Equal(["310 session off"], safe.Say("SETP session password none"));
    }

    [Fact]
    public void A_conn_that_must_wait_is_answered_at_once_and_again_when_it_is_let_in()
    {
        bool isOpen = false;
        var session = new SessionDriver(r => r is SessionRequest.Connect { Room: var room } && !isOpen ? new SessionOutcome.Waiting(room) : new SessionDriver().Yes(r));
        Assert.Equal(
            ["115 waiting standup@127.0.0.1", "115 waiting standup@127.0.0.1", "200 ok"],
            session.Say("CONN audio standup@127.0.0.1", "CONN video standup@127.0.0.1", "NOOP"));
        // Nothing is lost when it was only asked again.
        Assert.Empty(session.Notify(new SessionNotice.LobbyOver(_standup, IsAdmitted: true)));
        isOpen = true;
        Assert.Equal(["303 audio 11000", "303 video 11000"], session.Notify(new SessionNotice.LobbyOver(_standup, IsAdmitted: true)));
        Assert.Empty(session.Notify(new SessionNotice.LobbyOver(_standup, IsAdmitted: false)));
        Assert.Equal(["303 audio 11000"], session.Say("CONN audio standup@127.0.0.1"));
    }

    [Fact]
    public void Who_is_turned_away_is_told_for_each_service_and_may_ask_again()
    {
        var session = new SessionDriver(r => r is SessionRequest.Connect { Room: var room } ? new SessionOutcome.Waiting(room) : new SessionDriver().Yes(r));
        session.Say("CONN audio standup@127.0.0.1", "CONN video standup@127.0.0.1");
        Assert.Equal(["503 not admitted", "503 not admitted"], session.Notify(new SessionNotice.LobbyOver(_standup, IsAdmitted: false)));
        Assert.Equal(["115 waiting standup@127.0.0.1"], session.Say("CONN audio standup@127.0.0.1"));
        Assert.Equal(["304 audio disconnected"], session.Say("DCON audio standup@127.0.0.1"));
        Assert.Equal(new SessionRequest.StopWaiting(_standup), session.Asked[^1]);
        Assert.Empty(session.Notify(new SessionNotice.LobbyOver(_standup, IsAdmitted: true)));
    }

    [Fact]
    public void Waiting_connections_count_and_keep_the_name()
    {
        var session = new SessionDriver(r => r is SessionRequest.Connect { Room: var room } ? new SessionOutcome.Waiting(room) : new SessionDriver().Yes(r));
        for (int i = 0; i < SessionPolicy.MaxConnections; i++)
            Assert.Equal(["115 waiting standup@127.0.0.1"], session.Say($"CONN s{i} standup@127.0.0.1"));
        Assert.Equal(["503 too many connections"], session.Say("CONN more standup@127.0.0.1"));
        Assert.Equal(["504 disconnect first"], session.Say("AUTH ANONYMOUS joe"));
    }

    [Fact]
    public void What_happens_in_a_room_is_told_to_who_asked_for_events()
    {
        var session = new SessionDriver();
        session.Say("CONN audio standup@127.0.0.1");
        var told = new SessionNotice.RoomTold(_standup, "title", "Weekly standup");
        var waits = new SessionNotice.Waits(_standup, Name.Parse("bob"), IsWaiting: true);
        Assert.Empty(session.Notify(told));
        Assert.Empty(session.Notify(waits));
        session.Say("SETP session events on");
        Assert.Equal(["* 125 room title Weekly standup"], session.Notify(told));
        Assert.Equal(["* 123 waiting bob@127.0.0.1"], session.Notify(waits));
        Assert.Equal(["* 124 waits-no-more bob@127.0.0.1"], session.Notify(waits with { IsWaiting = false }));
        Assert.DoesNotContain("Weekly", told.ToString(), StringComparison.Ordinal);
    }
}
