using System.Text;
using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Rooms;

/// <summary>Rooms that people run themselves: owners and moderators, lobby, password, invitations, titles, and what was said before one came.</summary>
public sealed class PeopleTests : IAsyncLifetime
{
    private const string Conn = "CONN audio standup@example.org";

    private readonly Support.Conference _conference = new(authenticator: new FakeAuthenticator());

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Who_has_proved_to_be_somebody_and_comes_first_owns_the_room_until_it_closes()
    {
        var joe = Enter(Prove("joe"));
        var alice = Enter(_conference.SignIn("alice"));
        Assert.Equal("310 room owner", joe.Ask("GETP room role"));
        Assert.Equal("310 room joe", alice.Ask("GETP room owner"));
        Assert.Equal("310 room member", alice.Ask("GETP room role"));
        Assert.Equal("503 not allowed", alice.Ask("SETP room lobby on"));
        joe.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("310 room joe", alice.Ask("GETP room owner"));
        alice.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(10.1));
        Assert.Equal("310 room bob", Enter(Prove("bob")).Ask("GETP room owner"));
    }

    [Fact]
    public void Guests_and_who_only_calls_themselves_by_a_name_own_nothing()
    {
        var alice = Enter(_conference.SignIn("alice"));
        Assert.Equal("310 room none", alice.Ask("GETP room owner"));
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room none", joe.Ask("GETP room owner"));
        Assert.Equal("503 not allowed", joe.Ask("SETP room title Mine"));

        // Not by the room's name either.
        var standup = _conference.SignIn("standup");
        Assert.StartsWith("303", standup.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
        Assert.Equal("503 not allowed", standup.Ask("SETP room title Mine"));
    }

    [Fact]
    public void A_room_that_is_called_after_an_account_is_that_accounts_whoever_comes_first()
    {
        Prove("standup");
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room standup", joe.Ask("GETP room owner"));
        Assert.Equal("503 not allowed", joe.Ask("SETP room locked on"));
    }

    [Fact]
    public void A_kept_room_keeps_its_owner_and_its_rules()
    {
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room Weekly standup", joe.Ask("SETP room title Weekly standup"));
        Change(new RoomCommands.Change(RoomMakings.Room, 10, null, CommandId.New()));
        joe.HangUp();
        _conference.Advance(TimeSpan.FromHours(1));
        var alice = Enter(Prove("alice"));
        Assert.Equal("310 room joe", alice.Ask("GETP room owner"));
        Assert.Equal("310 room Weekly standup", alice.Ask("GETP room title"));
    }

    [Fact]
    public void Only_the_owner_makes_moderators_and_they_may_do_everything_else()
    {
        var joe = Enter(Prove("joe"));
        var alice = Enter(_conference.SignIn("alice"));
        var bob = Enter(_conference.SignIn("bob"));
        Assert.Equal("310 room alice", joe.Ask("SETP room moderator alice@example.org"));
        Assert.Equal("310 room moderator", alice.Ask("GETP room role"));
        Assert.Equal("503 not allowed", alice.Ask("SETP room moderator bob"));
        Assert.Equal("310 room bob", alice.Ask("SETP room mute bob"));
        Assert.Equal("310 audio on", bob.Ask("GETP audio mute"));
        Assert.Equal("503 not allowed", alice.Ask("SETP room put-out joe"));
        Assert.Equal("503 carol is not here", alice.Ask("SETP room put-out carol"));
        Assert.Equal("310 room bob", alice.Ask("SETP room put-out bob"));
        Assert.Equal("503 put out", bob.Ask(Conn));
        Assert.Equal("310 room bob", alice.Ask("SETP room let-in bob"));
        Assert.StartsWith("303", bob.Ask(Conn), StringComparison.Ordinal);
        Assert.Equal("310 room on", alice.Ask("SETP room locked on"));
        Assert.Equal("503 room is locked", _conference.SignIn("carol").Ask(Conn));

        // Whoever locks a room comes back into it.
        alice.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(2));
        var again = Enter(_conference.SignIn("alice"));
        Assert.Equal("310 room off", again.Ask("SETP room locked off"));
        Assert.Equal("310 room alice", joe.Ask("SETP room no-moderator alice"));
        Assert.Equal("503 not allowed", again.Ask("SETP room locked on"));
        Assert.Equal("310 room none", again.Ask("GETP room moderators"));
        // A moderator's lock is no reason to keep a room for ever.
        Assert.False(_conference.Ask<RoomDetails>(_conference.Rooms, new RoomQueries.Describe(RoomMakings.Room)).IsKept);
    }

    [Fact]
    public void Who_was_put_out_for_some_minutes_comes_back_after_them_and_not_before()
    {
        var joe = Enter(Prove("joe"));
        var bob = Enter(_conference.SignIn("bob"));
        Assert.Equal("310 room bob", joe.Ask("SETP room put-out bob 5"));
        _conference.Advance(TimeSpan.FromMinutes(4.9));
        RestartRoom();
        Assert.Equal("503 put out", bob.Ask(Conn));
        _conference.Advance(TimeSpan.FromMinutes(0.2));
        Assert.StartsWith("303", bob.Ask(Conn), StringComparison.Ordinal);
    }

    [Fact]
    public void Mute_for_all_leaves_moderators_and_meets_who_comes_later()
    {
        var joe = Enter(Prove("joe"));
        var bob = Enter(_conference.SignIn("bob"));
        Assert.Equal("310 room all", joe.Ask("SETP room mute all"));
        _conference.AwaitIdle();
        Assert.Equal("310 audio on", bob.Ask("GETP audio mute"));
        Assert.Equal("310 audio off", joe.Ask("GETP audio mute"));
        Assert.Equal("310 audio on", Enter(_conference.SignIn("carol")).Ask("GETP audio mute"));
        Assert.Equal("310 room bob", joe.Ask("SETP room unmute bob"));
        Assert.Equal("310 audio off", bob.Ask("GETP audio mute"));
        Assert.Equal("310 room all", joe.Ask("SETP room unmute all"));
        Assert.Equal("310 audio off", Enter(_conference.SignIn("dave")).Ask("GETP audio mute"));
    }

    [Fact]
    public void Who_comes_to_a_lobby_waits_until_a_moderator_decides()
    {
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 session on", joe.Ask("SETP session events on"));
        joe.Say("SETP room lobby on");
        Assert.Equal(["125 room lobby on", "310 room on"], Sorted(joe.Read(), joe.Read()));
        var bob = _conference.SignIn("bob");
        Assert.Equal("115 waiting standup@example.org", bob.Ask(Conn));
        Assert.Equal("123 waiting bob@example.org", joe.Read());
        // A second service waits too, and is no news.
        Assert.Equal("115 waiting standup@example.org", bob.Ask("CONN video standup@example.org"));
        Assert.Equal("310 room bob", joe.Ask("GETP room waiting"));
        Assert.Equal("503 not in a room", bob.Ask("GETP room title"));
        var guest = _conference.Connect();
        Assert.Equal("115 waiting standup@example.org", guest.Ask(Conn));
        Assert.Equal("504 disconnect first", guest.Ask("AUTH ANONYMOUS eve"));
        Assert.StartsWith("123 waiting guest-", joe.Read(), StringComparison.Ordinal);

        joe.Say("SETP room admit bob");
        Assert.Equal(
            ["110 joined bob@example.org", "124 waits-no-more bob@example.org", "310 room bob"], Sorted(joe.Read(), joe.Read(), joe.Read()));
        Assert.StartsWith("303 audio", bob.Read(), StringComparison.Ordinal);
        Assert.StartsWith("303 video", bob.Read(), StringComparison.Ordinal);

        joe.Say($"SETP room refuse {guest.Ask("GETP session name").Split(' ')[2]}");
        Assert.Equal("503 not admitted", guest.Read());
        Assert.StartsWith("124 waits-no-more guest-", joe.Read(), StringComparison.Ordinal);
        Assert.StartsWith("310 room guest-", joe.Read(), StringComparison.Ordinal);

        // Whoever was admitted need not wait again.
        bob.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(5));
        Assert.StartsWith("303", _conference.SignIn("bob").Ask(Conn), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_leaves_the_lobby_or_is_gone_waits_no_more()
    {
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room on", joe.Ask("SETP room lobby on"));
        var bob = _conference.SignIn("bob");
        Assert.StartsWith("115", bob.Ask(Conn), StringComparison.Ordinal);
        var carol = _conference.SignIn("carol");
        Assert.StartsWith("115", carol.Ask(Conn), StringComparison.Ordinal);
        Assert.Equal("310 room bob,carol", joe.Ask("GETP room waiting"));
        Assert.Equal("304 audio disconnected", bob.Ask("DCON audio standup@example.org"));
        carol.HangUp();
        _conference.AwaitIdle();
        Assert.Equal("310 room none", joe.Ask("GETP room waiting"));
        Assert.Equal("503 bob is not here", joe.Ask("SETP room admit bob"));

        // With the lobby, waiting ends too.
        Assert.StartsWith("115", bob.Ask(Conn), StringComparison.Ordinal);
        Assert.Equal("310 room off", joe.Ask("SETP room lobby off"));
        Assert.StartsWith("303", bob.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_waits_goes_on_waiting_when_the_rooms_actor_is_another()
    {
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room on", joe.Ask("SETP room lobby on"));
        var bob = _conference.SignIn("bob");
        Assert.StartsWith("115", bob.Ask(Conn), StringComparison.Ordinal);
        RestartRoom();
        _conference.AdvanceUntil(() => joe.Ask("GETP room waiting") == "310 room bob", "he waits again");
        Assert.Equal("310 room bob", joe.Ask("SETP room admit bob"));
        Assert.StartsWith("303", bob.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lobby_without_a_moderator_keeps_waiting_and_an_operator_admits()
    {
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room on", joe.Ask("SETP room lobby on"));
        joe.HangUp();
        _conference.AwaitIdle();
        var bob = _conference.SignIn("bob");
        Assert.StartsWith("115", bob.Ask(Conn), StringComparison.Ordinal);
        _conference.Advance(TimeSpan.FromMinutes(5));
        bob.Connection.ExpectNothing();
        // Who moderates and comes late is told who waits.
        Change(new RoomCommands.Appoint(RoomMakings.Room, Name.Parse("alice"), true, CommandId.New()));
        var alice = _conference.SignIn("alice");
        alice.Ask("SETP session events on");
        Assert.Equal("123 waiting bob@example.org", alice.Ask(Conn));
        Assert.StartsWith("303", alice.Read(), StringComparison.Ordinal);
        Assert.Equal(RoomChange.Done, Change(new RoomCommands.Decide(RoomMakings.Room, Name.Parse("bob"), true, CommandId.New())));
        Assert.StartsWith("303", bob.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_is_asked_of_everybody_but_moderators()
    {
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room on", joe.Ask("SETP room password tulip"));
        Assert.Equal("310 room on", joe.Ask("GETP room password"));
        var bob = _conference.SignIn("bob");
        Assert.Equal("503 password required", bob.Ask(Conn));
        Assert.Equal("310 session on", bob.Ask("SETP session password rose"));
        Assert.Equal("503 wrong password", bob.Ask(Conn));
        Assert.Equal("310 session on", bob.Ask("SETP session password tulip"));
        RestartRoom();
        Assert.StartsWith("303", bob.Ask(Conn), StringComparison.Ordinal);
        joe.HangUp();
        _conference.AwaitIdle();
        var again = Enter(Prove("joe"));
        Assert.Equal("310 room off", again.Ask("SETP room password none"));
        Assert.StartsWith("303", _conference.SignIn("carol").Ask(Conn), StringComparison.Ordinal);
    }

    [Fact]
    public void An_invitation_lets_in_so_many_persons_past_lobby_and_password_until_it_ends()
    {
        var joe = Enter(Prove("joe"));
        joe.Ask("SETP room lobby on");
        joe.Ask("SETP room password tulip");
        string token = joe.Ask("SETP room invite 10 1").Split(' ')[2];
        var bob = Invited("bob", token);
        Assert.StartsWith("303", bob.Ask(Conn), StringComparison.Ordinal);
        RestartRoom();
        Assert.Equal("503 no such invitation", Invited("carol", token).Ask(Conn));
        Assert.Equal("503 no such invitation", Invited("chris", "of-my-own-making").Ask(Conn));
        // A person counts once.
        bob.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(5));
        Assert.StartsWith("303", Invited("bob", token).Ask(Conn), StringComparison.Ordinal);
        string listed = joe.Ask("GETP room invitations").Split(' ')[2];
        Assert.Contains(":1/1:", listed, StringComparison.Ordinal);

        string other = joe.Ask("SETP room invite 10 5").Split(' ')[2];
        Assert.Equal("503 not allowed", Admitted(_conference.SignIn("dave"), joe).Ask("GETP room invitations"));
        Assert.Equal($"310 room {listed[..32]}", joe.Ask($"SETP room withdraw {listed[..32]}"));
        Assert.Equal($"503 {listed[..32]} is not here", joe.Ask($"SETP room withdraw {listed[..32]}"));
        var erin = Invited("erin", other);
        Assert.StartsWith("303", erin.Ask(Conn), StringComparison.Ordinal);
        _conference.Advance(TimeSpan.FromMinutes(10.1));
        Assert.Equal("503 no such invitation", Invited("frank", other).Ask(Conn));

        // Neither a lock nor a put-out is passed by it.
        string third = joe.Ask("SETP room invite 10 5").Split(' ')[2];
        Assert.Equal("310 room erin", joe.Ask("SETP room put-out erin"));
        Assert.Equal("503 put out", erin.Ask(Conn));
        joe.Ask("SETP room locked on");
        Assert.Equal("503 room is locked", Invited("grace", third).Ask(Conn));
    }

    [Fact]
    public void Title_and_message_are_told_at_the_door_and_changes_to_all()
    {
        var joe = Enter(Prove("joe"));
        Assert.Equal("310 room Weekly standup", joe.Ask("SETP room title Weekly standup"));
        Assert.Equal("310 room We begin at nine", joe.Ask("SETP room motd We begin at nine"));
        var bob = _conference.SignIn("bob");
        bob.Ask("SETP session events on");
        Assert.Equal("125 room title Weekly standup", bob.Ask(Conn));
        Assert.Equal("125 room motd We begin at nine", bob.Read());
        Assert.StartsWith("303", bob.Read(), StringComparison.Ordinal);
        Assert.Equal("310 room none", joe.Ask("SETP room title none"));
        Assert.Equal("125 room title none", bob.Read());
        Assert.Equal($"510 room {new string('x', 201)} could not set title", joe.Ask($"SETP room title {new string('x', 201)}"));
        Assert.Equal("310 room none", joe.Ask("GETP room title"));
    }

    [Fact]
    public void Who_comes_late_is_told_the_last_hundred_chats_where_the_room_keeps_them()
    {
        var joe = Enter(Prove("joe"));
        var alice = Enter(_conference.SignIn("alice"));
        joe.Say("SEND chat before");
        Assert.Equal("203 chat before", alice.Read());
        Assert.Equal("310 room on", joe.Ask("SETP room history on"));
        for (int i = 0; i < 101; i++)
        {
            joe.Say($"SEND chat {i}");
            Assert.Equal($"203 chat {i}", alice.Read());
        }

        joe.Say("SEND game not chat");
        Assert.Equal("203 game not chat", alice.Read());
        _conference.AwaitIdle();
        var bob = _conference.SignIn("bob");
        bob.Say(Conn);
        for (int i = 1; i < 101; i++)
            Assert.Equal($"203 chat {i}", bob.Read());
        Assert.StartsWith("303", bob.Read(), StringComparison.Ordinal);
        Assert.Equal("310 room off", joe.Ask("SETP room history off"));
        Assert.Equal("310 room on", joe.Ask("SETP room history on"));
        Assert.StartsWith("303", _conference.SignIn("carol").Ask(Conn), StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_comes_twice_is_done_once()
    {
        Enter(Prove("joe"));
        var invite = new RoomCommands.Invite(RoomMakings.Room, Guid.NewGuid(), InvitationToken.DigestOf("x"), 5, 5, CommandId.New());
        Assert.Equal(RoomChange.Done, Change(invite));
        RestartRoom();
        Assert.Equal(RoomChange.Done, Change(invite));
        Assert.Single(_conference.Ask<RoomDetails>(_conference.Rooms, new RoomQueries.Describe(RoomMakings.Room)).Standing!.Invitations);
    }

    private static string[] Sorted(params string[] lines) => [.. lines.Order(StringComparer.Ordinal)];

    private Client Prove(string name)
    {
        var client = _conference.Connect();
        Assert.Equal($"204 {name}", client.Ask($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0secret"))}"));
        return client;
    }

    private Client Invited(string name, string token)
    {
        var client = _conference.SignIn(name);
        Assert.Equal("310 session on", client.Ask($"SETP session invitation {token}"));
        return client;
    }

    private static Client Admitted(Client client, Client moderator)
    {
        client.Ask("SETP session password tulip");
        Assert.StartsWith("115", client.Ask(Conn), StringComparison.Ordinal);
        moderator.Ask("SETP room admit dave");
        Assert.StartsWith("303", client.Read(), StringComparison.Ordinal);
        return client;
    }

    private static Client Enter(Client client)
    {
        client.Say(Conn);
        for (string line = client.Read(); !line.StartsWith("303", StringComparison.Ordinal); line = client.Read())
            Assert.StartsWith("1", line, StringComparison.Ordinal);
        return client;
    }

    private RoomChange Change(IRoomMessage command) => _conference.Ask<RoomAnswer>(_conference.Rooms, command).Change;

    private void RestartRoom()
    {
        _conference.AwaitIdle();
        var probe = _conference.CreateTestProbe();
        _conference.Sys.ActorSelection(_conference.Rooms.Path / "*" / "*").Tell(new Identify(1), probe.Ref);
        var room = probe.FishForMessage<ActorIdentity>(i => i.Subject?.Path.Name.Contains("standup", StringComparison.Ordinal) == true).Subject;
        probe.Watch(room);
        room.Tell(StopEntity.Instance, ActorRefs.NoSender);
        probe.FishForMessage<Terminated>(t => t.ActorRef.Equals(room));
        _conference.AwaitIdle();
    }
}
