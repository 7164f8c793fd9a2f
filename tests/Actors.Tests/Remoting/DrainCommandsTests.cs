using Conference.Actors.Cluster;
using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Serialization;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Remoting;

/// <summary>A node is drained by another.</summary>
public sealed class DrainCommandsTests : ClusterTest
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public async Task A_drain_is_begun_given_another_deadline_watched_and_called_off_from_another_node()
    {
        var (a, refs) = Join("a", null);
        var (b, _) = Join("b", new Drain());
        Cluster.AwaitIdle();
        Task<DrainStatus> Ask(object command) => refs.Drain(b.Id).Ask<DrainStatus>(command, TimeSpan.FromSeconds(1)).WaitAsync(a.Patience);

        Assert.Equal(new DrainStatus(DrainState.Serving, null, null, 7, 3), await Ask(new DrainCommands.Read()));
        Assert.Equal(new DrainStatus(DrainState.Draining, _now, _now.AddMinutes(1), 7, 3), await Ask(new DrainCommands.Begin(null)));
        Assert.Equal(new DrainStatus(DrainState.Draining, _now, _now.AddSeconds(5), 7, 3), await Ask(new DrainCommands.Begin(TimeSpan.FromSeconds(5))));
        Assert.Equal(new DrainStatus(DrainState.Serving, null, null, 7, 3), await Ask(new DrainCommands.CallOff()));
    }

    [Fact]
    public async Task A_node_that_cannot_say_how_it_is_fails_the_question()
    {
        var (a, refs) = Join("a", null);
        var (b, _) = Join("b", new Drain { IsBroken = true });
        Cluster.AwaitIdle();

        await Assert.ThrowsAsync<RemoteFailureException>(
            () => refs.Drain(b.Id).Ask<DrainStatus>(new DrainCommands.Read(), TimeSpan.FromSeconds(1)).WaitAsync(a.Patience));
    }

    private (TestNode Node, NodeRefs Refs) Join(string name, INodeDrain? drain)
    {
        var node = Join(
            name,
            (node, remote) =>
            {
                if (drain is not null)
                    remote.Register(WellKnownActor.Drain, node.Sys.ActorOf(DrainActor.Props(drain), "drain"));
            },
            ConferenceMessages.Instance);
        return (node, new NodeRefs(RemoteOf(node)));
    }

    private sealed class Drain : INodeDrain
    {
        private DrainStatus _status = new(DrainState.Serving, null, null, 7, 3);

        public bool IsBroken { get; init; }

        public void Begin(TimeSpan? within) =>
            _status = _status with { State = DrainState.Draining, Since = _now, Deadline = _now + (within ?? TimeSpan.FromMinutes(1)) };

        public Task<bool> CallOffAsync()
        {
            _status = _status with { State = DrainState.Serving, Since = null, Deadline = null };
            return Task.FromResult(true);
        }

        public Task<DrainStatus> ReadAsync() => IsBroken ? Task.FromException<DrainStatus>(new InvalidOperationException("broken")) : Task.FromResult(_status);
    }
}
