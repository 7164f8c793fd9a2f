using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Rooms;

/// <summary>Somebody sets the machine's clock while calls go on: how long they last and which came first is not its matter.</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private static readonly TimeSpan _tenMinutes = TimeSpan.FromMinutes(10);

    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Theory]
    [InlineData(-3600)]
    [InlineData(-300)]
    [InlineData(3600)]
    public void A_call_lasts_as_long_as_it_did_whatever_is_done_to_the_clock(int seconds)
    {
        var joe = Enter("joe");
        _conference.Advance(_tenMinutes / 2);
        _conference.SetClock(TimeSpan.FromSeconds(seconds));
        _conference.Advance(_tenMinutes / 2);
        Assert.Equal(_tenMinutes, Describe().Members[0].For);
        joe.HangUp();
        Assert.Equal(_tenMinutes, LengthOf(Assert.Single(_conference.Calls)));
    }

    [Fact]
    public void Calls_are_in_the_order_they_began_after_the_clock_was_set_back()
    {
        Enter("a", "one");
        _conference.Advance(_tenMinutes);
        _conference.SetClock(TimeSpan.FromHours(-1));
        foreach (string user in (string[])["b", "c", "d"])
        {
            _conference.Advance(TimeSpan.FromSeconds(1));
            // In other rooms: a list of calls is of all of them.
            Enter(user, $"room-of-{user}");
        }

        var calls = _conference.Calls;
        Assert.Equal(["a", "b", "c", "d"], calls.OrderBy(c => c.Started).Select(c => c.User.ToString()));
        Assert.Equal(4, calls.Select(c => c.Started).Distinct().Count());
    }

    [Fact]
    public void A_clock_that_was_set_back_is_caught_up_with()
    {
        var clock = ForwardClock.Of(_conference.Sys);
        var before = clock.Now;
        _conference.SetClock(-_tenMinutes);
        _conference.Advance(_tenMinutes / 2);
        Assert.Equal(before + _tenMinutes / 4, clock.Now);
        _conference.Advance(_tenMinutes);
        Assert.Equal(_conference.Sys.Scheduler.Now, clock.Now);
        Assert.True(clock.Now > before + _tenMinutes / 4);
        _conference.SetClock(_tenMinutes);
        Assert.Equal(_conference.Sys.Scheduler.Now, clock.Now);
    }

    [Fact]
    public void A_room_that_begins_anew_behind_a_node_whose_clock_is_ahead_ends_no_call_before_it_began()
    {
        var began = _conference.Sys.Scheduler.Now.AddHours(1);
        var call = new RoomEvent.CallStarted(Guid.NewGuid(), Name.Parse("joe"), 1, "gone", began);
        _conference.Journal.Given(_conference.Sys, EntityIds.Room(Name.Parse("standup")), call);
        Enter("alice");
        _conference.Advance(_tenMinutes);
        Assert.Equal((CallEnd.NodeGone, began), (_conference.Calls[0].End, _conference.Calls[0].Ended));
        Assert.True(_conference.Calls[1].Started >= began);
    }

    private static TimeSpan LengthOf(CallRecord call) => call.Ended!.Value - call.Started;

    private Client Enter(string name, string room = "standup")
    {
        var client = _conference.SignIn(name);
        Assert.StartsWith("303 audio", client.Ask($"CONN audio {room}@example.org"), StringComparison.Ordinal);
        _conference.AwaitIdle();
        return client;
    }

    private RoomDetails Describe() => _conference.Ask<RoomDetails>(_conference.Rooms, new RoomQueries.Describe(Name.Parse("standup")));
}
