using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Tests.Nodes.Harness;

namespace Conference.Actors.Tests.Nodes;

/// <summary>A node is drained by another, and asked how it is.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class NodeCommandsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    private readonly TestCluster _cluster = new();
    private readonly FakeDrain _drain = new();
    private readonly FakeStatistics _statistics = new();

    private TestNode A { get; set; } = null!;

    private IActorRef B { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        A = await _cluster.JoinAsync("a");
        var b = await _cluster.JoinAsync("b", new TestNodeOptions { Drain = _drain, Statistics = _statistics });
        B = A.Nodes.Node(b.Id);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public void A_drain_is_begun_given_another_deadline_watched_and_called_off_from_another_node()
    {
        Assert.Equal(new DrainStatus(DrainState.Serving, null, null, 7, 3), Ask(new NodeCommands.ReadDrain()));
        Assert.Equal(new DrainStatus(DrainState.Draining, _now, _now.AddMinutes(1), 7, 3), Ask(new NodeCommands.BeginDrain(null)));
        Assert.Equal(
            new DrainStatus(DrainState.Draining, _now, _now.AddSeconds(5), 7, 3), Ask(new NodeCommands.BeginDrain(TimeSpan.FromSeconds(5))));
        Assert.Equal(new DrainStatus(DrainState.Serving, null, null, 7, 3), Ask(new NodeCommands.CallOffDrain()));
    }

    [Fact]
    public void A_node_that_cannot_say_how_it_is_says_so()
    {
        _drain.IsBroken = true;
        Assert.IsType<Unavailable>(A.Ask<object>(B, new NodeCommands.ReadDrain()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_node_is_asked_for_its_figures_with_its_rooms_or_without(bool withRooms)
    {
        var read = A.Ask<StatisticsRead>(B, new NodeCommands.ReadStatistics(withRooms));
        Assert.Equal(withRooms ? new byte[] { 1, 2, 3 } : [1], read.Content);
    }

    [Fact]
    public async Task A_node_that_has_none_yet_says_nothing()
    {
        _statistics.IsEmpty = true;
        await Assert.ThrowsAsync<AskTimeoutException>(
            () => B.Ask<StatisticsRead>(new NodeCommands.ReadStatistics(false), TimeSpan.FromMilliseconds(300)));
    }

    private DrainStatus Ask(object command) => A.Ask<DrainStatus>(B, command);

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
