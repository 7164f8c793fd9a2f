using System.Net.Sockets;

namespace Conference.Integration.Tests.Hostile;

/// <summary>A node with one call that goes on throughout, and a way to see that bad input changed nothing.</summary>
public sealed class QuietNode : IAsyncLifetime
{
    private TestClient _alice = null!;
    private TestClient _bob = null!;
    private Socket _aliceVideo = null!;
    private Socket _bobVideo = null!;
    private Counts _quiet = null!;

    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await NodeProcess.StartAsync([.. NodeProcess.NoLimits]);
        _alice = await TestClient.ConnectAsync(Node, "127.0.0.50");
        _bob = await TestClient.ConnectAsync(Node, "127.0.0.51");
        _aliceVideo = await _alice.ConnAsync("video", "undisturbed@127.0.0.1");
        _bobVideo = await _bob.ConnAsync("video", "undisturbed@127.0.0.1");
        await _aliceVideo.LatchAsync(_bobVideo);
        // Whoever was asked for in making this call has gone to sleep: the two guests are left.
        await Eventually.EqualAsync(2, () => Node.MetricAsync("conference_actors", "UserActor"));
        _quiet = await CountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _alice.DisposeAsync();
        await _bob.DisposeAsync();
        await Node.DisposeAsync();
    }

    /// <summary>Begins once only the call is left of whatever was before; at its end the same must be counted again and the call must still work.</summary>
    public async Task<IAsyncDisposable> WatchAsync()
    {
        await Eventually.EqualAsync(_quiet, CountAsync);
        return new Watch(this, _quiet);
    }

    private async Task<Counts> CountAsync() => new(
        await Node.MetricAsync("conference_sessions"),
        await Node.MetricAsync("conference_actors") - await Node.MetricAsync("conference_actors", "Shard"),
        await Node.MetricAsync("conference_ports_in_use"),
        await Node.MetricAsync("conference_rooms"),
        await Node.MetricAsync("conference_members"));

    private sealed record Counts(double Sessions, double Actors, double Ports, double Rooms, double Members);

    private sealed class Watch(QuietNode quiet, Counts before) : IAsyncDisposable
    {
        private readonly int _descriptors = quiet.Node.OpenDescriptors;

        public async ValueTask DisposeAsync()
        {
            await Eventually.EqualAsync(before, quiet.CountAsync);
            // Kestrel and the runtime keep a few of their own; a leak would be one per client.
            await Eventually.EqualAsync(true, () => quiet.Node.OpenDescriptors <= _descriptors + 4);
            await quiet._alice.ExpectAsync("NOOP", "200 ok");
            quiet._aliceVideo.Say("still here");
            Assert.Equal("still here", await quiet._bobVideo.HearAsync());
        }
    }
}
