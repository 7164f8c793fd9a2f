using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Rooms;

/// <summary>What an operator does to somebody is seen by all it concerns, and holds for the name.</summary>
public sealed class ModerationTests : IAsyncLifetime
{
    private static readonly Name _room = Name.Parse("standup");
    private static readonly Name _joe = Name.Parse("joe");

    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_mute_is_told_to_the_muted_and_to_the_others_and_is_what_getp_says()
    {
        var alice = Enter("alice");
        var joe = Enter("joe");
        Assert.Equal("110 joined joe@example.org", alice.Read());
        Mute(isMuted: true);
        Assert.Equal("115 muted joe@example.org", joe.Read());
        Assert.Equal("115 muted joe@example.org", alice.Read());
        Assert.Equal("310 audio on", joe.Ask("GETP audio mute"));
        Assert.Equal("510 audio off could not set mute", joe.Ask("SETP audio mute off"));
        Assert.Equal("310 audio off", alice.Ask("GETP audio mute"));

        // Again, it is no news.
        Mute(isMuted: true);
        joe.Connection.ExpectNothing();

        Mute(isMuted: false);
        Assert.Equal("116 unmuted joe@example.org", joe.Read());
        Assert.Equal("116 unmuted joe@example.org", alice.Read());
        Assert.Equal("310 audio off", joe.Ask("GETP audio mute"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_mute_holds_for_whoever_comes_by_the_name_while_the_room_is_open_and_ten_minutes_after(bool isAloneThere)
    {
        if (!isAloneThere)
            Enter("alice");
        var joe = Enter("joe");
        Mute(isMuted: true);
        Assert.Equal("115 muted joe@example.org", joe.Read());
        joe.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(9));

        var again = SignIn("joe");
        Assert.Equal("115 muted joe@example.org", again.Ask("CONN audio standup@example.org"));
        Assert.StartsWith("303 audio", again.Read(), StringComparison.Ordinal);
        Assert.Equal("310 audio on", again.Ask("GETP audio mute"));
        Assert.True(_conference.Plane.Applied.Last(r => r.Room.Value == "standup").Ports.Last().Muted);
    }

    [Fact]
    public void A_mute_does_not_meet_who_comes_after_the_room_was_closed_or_empty_for_ten_minutes()
    {
        foreach (var end in (Action<Client>[])[WaitForTenMinutes, CloseRoom])
        {
            var joe = Enter("joe");
            Mute(isMuted: true);
            Assert.Equal("115 muted joe@example.org", joe.Read());
            end(joe);
            var again = Enter("joe");
            Assert.Equal("310 audio off", again.Ask("GETP audio mute"));
            again.HangUp();
            _conference.AwaitIdle();
        }

        void WaitForTenMinutes(Client joe)
        {
            joe.HangUp();
            _conference.Advance(TimeSpan.FromMinutes(10.1));
        }

        void CloseRoom(Client joe)
        {
            Assert.Equal(RoomChange.Done, _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.Close(_room, CommandId.New())).Change);
            // Everybody is: it says no more than that he is out.
            Assert.Equal("111 left joe@example.org", joe.Read());
            joe.HangUp();
            _conference.AwaitIdle();
        }
    }

    [Fact]
    public void A_mute_of_somebody_who_has_left_can_be_taken_back()
    {
        Enter("alice");
        var joe = Enter("joe");
        Mute(isMuted: true);
        joe.HangUp();
        _conference.AwaitIdle();
        Mute(isMuted: false);
        Assert.Equal(RoomChange.NotFound, _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.Mute(_room, _joe, false, CommandId.New())).Change);
        Assert.Equal("310 audio off", Enter("joe").Ask("GETP audio mute"));
    }

    [Fact]
    public void A_newcomer_who_is_muted_is_shown_to_be()
    {
        var alice = Enter("alice");
        var joe = Enter("joe");
        Assert.Equal("110 joined joe@example.org", alice.Read());
        Mute(isMuted: true);
        Assert.Equal("115 muted joe@example.org", alice.Read());
        joe.HangUp();
        Assert.Equal("111 left joe@example.org", alice.Read());
        _conference.AwaitIdle();
        SignIn("joe").Say("CONN audio standup@example.org");
        Assert.Equal("110 joined joe@example.org", alice.Read());
        Assert.Equal("115 muted joe@example.org", alice.Read());
    }

    [Fact]
    public void A_newcomer_is_told_once_who_is_muted()
    {
        Enter("bob");
        var joe = Enter("joe");
        Mute(isMuted: true);
        var alice = SignIn("alice");
        Assert.Equal("115 muted joe@example.org", alice.Ask("CONN audio standup@example.org"));
        Assert.StartsWith("303 audio", alice.Read(), StringComparison.Ordinal);
        Assert.StartsWith("303 video", alice.Ask("CONN video standup@example.org"), StringComparison.Ordinal);

        // Of who is not there nothing is told.
        joe.HangUp();
        Assert.Equal("111 left joe@example.org", alice.Read());
        Assert.StartsWith("303 audio", SignIn("carol").Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_is_put_out_does_not_come_back_by_any_session_until_an_operator_lets_it_in(bool isAloneThere)
    {
        Client? alice = isAloneThere ? null : Enter("alice");
        var joe = Enter("joe");
        PutOut();
        Assert.Equal("117 put-out joe@example.org", joe.Read());
        Assert.Equal("111 left joe@example.org", joe.Read());
        if (alice is not null)
            Assert.Equal(["110 joined joe@example.org", "117 put-out joe@example.org", "111 left joe@example.org"], [alice.Read(), alice.Read(), alice.Read()]);
        Assert.Equal("503 put out", joe.Ask("CONN audio standup@example.org"));
        Assert.StartsWith("303 audio", joe.Ask("CONN audio elsewhere@example.org"), StringComparison.Ordinal);
        joe.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(9));
        joe = SignIn("joe");
        Assert.Equal("503 put out", joe.Ask("CONN video standup@example.org"));
        Assert.Equal([_joe], Describe().PutOut);
        if (alice is not null)
        {
            // Nor do his words, which need no CONN.
            Shout(joe, "psst");
            Shout(SignIn("bob"), "hello");
            Assert.Equal("203 chat hello", alice.Read());
        }

        var letIn = new RoomCommands.LetIn(_room, _joe, CommandId.New());
        Assert.Equal(RoomChange.Done, _conference.Ask<RoomAnswer>(_conference.Rooms, letIn).Change);
        Assert.Equal(RoomChange.Done, _conference.Ask<RoomAnswer>(_conference.Rooms, letIn).Change);
        Assert.Equal(RoomChange.NotFound, _conference.Ask<RoomAnswer>(_conference.Rooms, letIn with { Command = CommandId.New() }).Change);
        Assert.Empty(Describe().PutOut!.Value);
        joe = _conference.Connect();
        joe.HangUp();
    }

    [Fact]
    public void Who_was_put_out_may_come_when_nobody_has_been_there_for_ten_minutes()
    {
        var joe = Enter("joe");
        PutOut();
        joe.HangUp();
        _conference.Advance(TimeSpan.FromMinutes(10.1));
        Assert.Empty(Describe().PutOut!.Value);
        Enter("joe");
    }

    [Fact]
    public void A_locked_room_lets_back_in_who_was_there_within_the_last_minute_and_nobody_else()
    {
        Enter("alice");
        var joe = Enter("joe");
        Keep(isLocked: true);
        joe.HangUp();
        _conference.Advance(TimeSpan.FromSeconds(59));
        var again = Enter("joe");
        Assert.Equal("503 room is locked", SignIn("eve").Ask("CONN audio standup@example.org"));

        again.HangUp();
        _conference.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("503 room is locked", SignIn("joe").Ask("CONN audio standup@example.org"));
    }

    [Fact]
    public void A_locked_room_that_is_empty_lets_its_last_member_back_in_too_and_nobody_who_was_put_out()
    {
        var joe = Enter("joe");
        Keep(isLocked: true);
        joe.HangUp();
        _conference.Advance(TimeSpan.FromSeconds(30));
        joe = Enter("joe");
        PutOut();
        joe.HangUp();
        _conference.AwaitIdle();
        Assert.Equal("503 put out", SignIn("joe").Ask("CONN audio standup@example.org"));
    }

    private Client SignIn(string name)
    {
        var client = _conference.SignIn(name);
        Assert.Equal("310 session on", client.Ask("SETP session events on"));
        client.Ask($"HELO {name}@example.org");
        return client;
    }

    private Client Enter(string name)
    {
        var client = SignIn(name);
        Assert.StartsWith("303 audio", client.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
        _conference.AwaitIdle();
        return client;
    }

    private void Mute(bool isMuted)
    {
        Assert.Equal(RoomChange.Done, _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.Mute(_room, _joe, isMuted, CommandId.New())).Change);
        _conference.AwaitIdle();
    }

    private void PutOut()
    {
        Assert.Equal(RoomChange.Done, _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.PutOut(_room, _joe, CommandId.New())).Change);
        _conference.AwaitIdle();
    }

    private void Keep(bool isLocked) => _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.Keep(_room, 10, isLocked, CommandId.New()));

    private RoomDetails Describe() => _conference.Ask<RoomDetails>(_conference.Rooms, new RoomQueries.Describe(_room));

    private static void Shout(Client client, string words)
    {
        Assert.Equal("201 standup is here", client.Ask("HELO standup@example.org"));
        client.Say($"SEND chat {words}");
        Assert.Equal("200 ok", client.Ask("NOOP"));
    }
}
