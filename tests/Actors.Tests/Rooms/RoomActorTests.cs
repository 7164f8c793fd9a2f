using Conference.Actors.Rooms;

namespace Conference.Actors.Tests.Rooms;

public sealed class RoomActorTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new(new RoomOptions(OnDemand: true, MaxMembers: 2));

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Members_are_told_who_joins_and_leaves_once_however_many_services_they_use()
    {
        var joe = _conference.Connect();
        joe.Ask("SETP session events on");
        joe.Ask("CONN video standup@example.org");
        var alice = _conference.SignIn("alice");

        alice.Ask("CONN video standup@example.org");
        alice.Ask("CONN audio standup@example.org");
        Assert.Equal("110 joined alice@example.org", joe.Read());
        alice.Ask("DCON video standup@example.org");
        alice.Ask("DCON audio standup@example.org");
        Assert.Equal("111 left alice@example.org", joe.Read());
        _conference.AwaitIdle();
        joe.Connection.ExpectNothing();
    }

    [Fact]
    public void A_full_room_is_busy_and_takes_further_services_of_its_members()
    {
        var joe = _conference.Connect();
        var alice = _conference.Connect();
        var bob = _conference.Connect();
        joe.Ask("CONN video standup@example.org");
        alice.Ask("CONN video standup@example.org");

        Assert.Equal("503 room is full", bob.Ask("CONN video standup@example.org"));
        Assert.Equal("202 busy", bob.Ask("STAT standup@example.org"));
        Assert.StartsWith("303", joe.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
        _conference.AwaitIdle();
        Assert.Equal(3, _conference.Plane.Open.Count);
    }

    [Fact]
    public void Chat_goes_to_all_rooms_of_the_speaker_and_to_nobody_twice()
    {
        var joe = _conference.Connect();
        var alice = _conference.Connect();
        joe.Ask("CONN video a@example.org");
        joe.Ask("CONN audio a@example.org");
        alice.Ask("CONN video a@example.org");
        alice.Ask("CONN audio a@example.org");

        joe.Say("SEND chat hello");

        Assert.Equal("203 chat hello", alice.Read());
        _conference.AwaitIdle();
        alice.Connection.ExpectNothing();
        joe.Connection.ExpectNothing();
    }

    [Fact]
    public void A_room_that_is_being_left_and_entered_at_once_loses_nobody()
    {
        var joe = _conference.Connect();
        var alice = _conference.Connect();
        for (int i = 0; i < 200; i++)
        {
            joe.Say("CONN video turnstile@example.org");
            joe.Say("DCON video turnstile@example.org");
            alice.Say("CONN video turnstile@example.org");
            alice.Say("DCON video turnstile@example.org");
        }

        for (int i = 0; i < 200; i++)
        {
            foreach (var client in (Support.Client[])[joe, alice])
            {
                Assert.StartsWith("303 video", client.Read(), StringComparison.Ordinal);
                Assert.Equal("304 video disconnected", client.Read());
            }
        }

        joe.HangUp();
        alice.HangUp();
        Assert.Empty(_conference.LiveActors);
        Assert.Empty(_conference.Plane.Open);
    }
}
