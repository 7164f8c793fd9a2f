using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Cluster;

/// <summary>What any node may ask of this one.</summary>
public sealed class NodeActorTests : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    private readonly FakeDrain _drain = new();
    private readonly FakeStatistics _statistics = new();
    private readonly Support.Conference _conference;

    public NodeActorTests() => _conference = new() { More = options => options with { Drain = _drain, Statistics = _statistics } };

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_drain_is_begun_given_another_deadline_watched_and_called_off()
    {
        Assert.Equal(new DrainStatus(DrainState.Serving, null, null, 7, 3), Ask<DrainStatus>(new NodeCommands.ReadDrain()));
        Assert.Equal(new DrainStatus(DrainState.Draining, _now, _now.AddMinutes(1), 7, 3), Ask<DrainStatus>(new NodeCommands.BeginDrain(null)));
        Assert.Equal(
            new DrainStatus(DrainState.Draining, _now, _now.AddSeconds(5), 7, 3), Ask<DrainStatus>(new NodeCommands.BeginDrain(TimeSpan.FromSeconds(5))));
        Assert.Equal(new DrainStatus(DrainState.Serving, null, null, 7, 3), Ask<DrainStatus>(new NodeCommands.CallOffDrain()));
    }

    [Fact]
    public void A_node_that_cannot_say_how_it_is_says_so()
    {
        _drain.IsBroken = true;
        Ask<Unavailable>(new NodeCommands.ReadDrain());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_node_is_asked_for_its_figures_with_its_rooms_or_without(bool withRooms) =>
        Assert.Equal(withRooms ? [1, 2, 3] : [1], Ask<StatisticsRead>(new NodeCommands.ReadStatistics(withRooms)).Content);

    [Fact]
    public void A_node_that_has_none_yet_says_nothing()
    {
        _statistics.IsEmpty = true;
        var probe = _conference.CreateTestProbe();
        _conference.Node.Tell(new NodeCommands.ReadStatistics(false), probe.Ref);
        _conference.AwaitIdle();
        Assert.False(probe.HasMessages);
    }

    [Fact]
    public void Who_runs_here_is_told_by_name_page_by_page_and_no_keeper_of_a_shard_is_among_them()
    {
        foreach (string name in (string[])["carol", "alice", "bob"])
            _conference.SignIn(name).Ask("CONN video standup@example.org");
        Assert.Equal(["alice", "bob"], Ask<AwakeNames>(new NodeCommands.ListAwake(Rooms: false, null, 2)).Names);
        Assert.Equal(["carol"], Ask<AwakeNames>(new NodeCommands.ListAwake(Rooms: false, "bob", 1)).Names);
        Assert.Contains("standup", Ask<AwakeNames>(new NodeCommands.ListAwake(Rooms: true, null, 100)).Names);
    }

    [Fact]
    public void Whether_somebody_is_signed_in_here_is_told_for_as_long_as_its_last_session_is()
    {
        Assert.False(IsSignedIn("joe"));
        var joe = _conference.SignIn("joe");
        Assert.True(IsSignedIn("joe"));
        joe.HangUp();
        _conference.AwaitIdle();
        Assert.False(IsSignedIn("joe"));

        // A guest is nobody before it has joined a room, and no guest any more once it has signed in.
        var guest = _conference.Connect();
        guest.Ask("CONN video lobby@example.org");
        string name = guest.Ask("LIST lobby@example.org").Split(' ')[1];
        guest.Read();
        Assert.True(IsSignedIn(name));
        guest.Ask("DCON video lobby@example.org");
        Assert.Equal("204 alice", guest.Ask("AUTH ANONYMOUS alice"));
        Assert.Equal((false, true), (IsSignedIn(name), IsSignedIn("alice")));
    }

    private bool IsSignedIn(string name)
    {
        var told = Ask<SignedInHere>(new NodeCommands.IsSignedIn(Name.Parse(name)));
        Assert.Equal(_conference.Self, told.Node);
        return told.IsHere;
    }

    private T Ask<T>(object command) => _conference.Ask<T>(_conference.Node, command);

    private sealed class FakeDrain : INodeDrain
    {
        private DrainStatus _status = new(DrainState.Serving, null, null, 7, 3);

        public bool IsBroken { get; set; }

        public void Begin(TimeSpan? within) =>
            _status = _status with { State = DrainState.Draining, Since = _now, Deadline = _now + (within ?? TimeSpan.FromMinutes(1)) };

        public Task<bool> CallOffAsync()
        {
            _status = _status with { State = DrainState.Serving, Since = null, Deadline = null };
            return Task.FromResult(true);
        }

        public Task<DrainStatus> ReadAsync() => IsBroken ? Task.FromException<DrainStatus>(new InvalidOperationException("broken")) : Task.FromResult(_status);
    }

    private sealed class FakeStatistics : INodeStatistics
    {
        public bool IsEmpty { get; set; }

        public byte[]? Latest(bool withRooms) => IsEmpty ? null : withRooms ? [1, 2, 3] : [1];
    }
}
