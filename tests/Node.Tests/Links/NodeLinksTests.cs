using System.Buffers.Binary;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Node.Cluster;
using Conference.Node.Tests.Links.Support;

namespace Conference.Node.Tests.Links;

/// <summary>Nodes that trust each other: what one sends, the other hears, in order and once.</summary>
public sealed class NodeLinksTests
{
    [Fact]
    public async Task Two_nodes_that_see_each_other_have_one_link_and_it_carries_messages_both_ways()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        LinkHost.Meet(a, b);

        Assert.Equal("up b", await a.Recorder.NextAsync());
        Assert.Equal("up a", await b.Recorder.NextAsync());
        Assert.True(a.TrySend(b, "ping"));
        Assert.Equal("a: ping", await b.Recorder.NextAsync());
        Assert.True(b.TrySend(a, "pong"));
        Assert.Equal("b: pong", await a.Recorder.NextAsync());
        Assert.Equal("linked b", await a.Recorder.NextObservedAsync());
        Assert.Equal("linked a", await b.Recorder.NextObservedAsync());
        Assert.Empty(a.Recorder.Rest());
    }

    [Fact]
    public async Task Three_nodes_have_a_link_for_each_pair()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        await using var c = await LinkHost.StartAsync(3);
        LinkHost.Meet(a, b, c);

        foreach (var host in new[] { a, b, c })
        {
            var up = new[] { await host.Recorder.NextAsync(), await host.Recorder.NextAsync() };
            Assert.Equal(new[] { a, b, c }.Where(h => h != host).Select(h => $"up {h.Name}"), up.Order());
            Assert.All(new[] { a, b, c }.Where(h => h != host), peer => Assert.NotNull(host.LinkTo(peer).ConnectedSince));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_532)]
    [InlineData(65_533)]
    [InlineData(200_000)]
    [InlineData(INodeLinks.MaxMessageBytes)]
    public async Task A_message_of_any_size_arrives_as_it_was_sent(int size)
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        var arrived = new TaskCompletionSource<byte[]>();
        b.Recorder.OnMessage = (_, message) => arrived.SetResult(message);
        await MeetAsync(a, b);
        byte[] sent = new byte[size];
        new Random(size).NextBytes(sent);

        Assert.True(a.Links.TrySend(b.Id, sent));

        Assert.Equal(sent, await arrived.Task.WaitAsync(LinkHost.Patience));
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_the_senders_mistake()
    {
        await using var a = await LinkHost.StartAsync(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => a.Links.TrySend(LinkHost.IdOf(2), new byte[INodeLinks.MaxMessageBytes + 1]));
    }

    [Fact]
    public async Task Under_load_messages_arrive_in_order_and_the_handler_is_called_one_at_a_time()
    {
        const int Messages = 100_000;
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        var done = new[] { Expect(a), Expect(b) };
        await MeetAsync(a, b);

        await Task.WhenAll(Task.Run(() => Send(a, b)), Task.Run(() => Send(b, a))).WaitAsync(LinkHost.Patience);

        Assert.All(await Task.WhenAll(done).WaitAsync(LinkHost.Patience), Assert.Null);
        Assert.False(a.Recorder.HasOverlapped);
        Assert.False(b.Recorder.HasOverlapped);
        await LinkHost.UntilAsync(() => a.Metric("conference_link_messages_total{direction=\"out\"}") == Messages);
        await LinkHost.UntilAsync(() => b.Metric("conference_link_messages_total{direction=\"in\"}") == Messages);

        static Task<string?> Expect(LinkHost host)
        {
            var done = new TaskCompletionSource<string?>();
            int next = 0;
            host.Recorder.OnMessage = (_, message) =>
            {
                int number = BinaryPrimitives.ReadInt32LittleEndian(message);
                // Sizes differ, so that messages come to lie across every boundary there is.
                if (number != next || message.Length != SizeOf(number))
                    done.TrySetResult($"{next} was to come, {number} came, {message.Length} bytes long");
                else if (++next == Messages)
                    done.TrySetResult(null);
            };
            return done.Task;
        }

        static void Send(LinkHost from, LinkHost to)
        {
            byte[] message = new byte[2000];
            for (int i = 0; i < Messages; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(message, i);
                while (!from.Links.TrySend(to.Id, message.AsSpan(0, SizeOf(i))))
                    Thread.Yield();
            }
        }

        static int SizeOf(int number) => 4 + (number * 31 % 1900);
    }

    [Fact]
    public async Task A_full_queue_takes_no_more_and_what_it_took_arrives()
    {
        await using var a = await LinkHost.StartAsync(1, o => o with { Limits = o.Limits with { QueueBytes = 1_000_000 } });
        await using var b = await LinkHost.StartAsync(2);
        using var open = new ManualResetEventSlim();
        var heard = new List<int>();
        b.Recorder.OnMessage = (_, message) =>
        {
            open.Wait();
            lock (heard)
                heard.Add(BinaryPrimitives.ReadInt32LittleEndian(message));
        };
        await MeetAsync(a, b);
        var taken = new List<int>();
        byte[] body = new byte[10_000];
        int refused = 0;
        for (int i = 0; refused < 10; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(body, i);
            if (a.Links.TrySend(b.Id, body))
                taken.Add(i);
            else
                refused++;
        }

        Assert.InRange(a.LinkTo(b).QueuedBytes, 900_000, 1_000_000);
        Assert.Equal(refused, a.LinkTo(b).Dropped);
        Assert.Equal(refused, a.Metric("conference_link_dropped_total{peer=\"b\"}"));
        open.Set();
        await LinkHost.UntilAsync(() =>
        {
            lock (heard)
                return heard.Count == taken.Count;
        });
        Assert.Equal(taken, heard);
        await LinkHost.UntilAsync(() => a.Metric("conference_link_queue_bytes{peer=\"b\"}") < 100);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task A_node_may_listen_at_every_address(string everywhere)
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2, o => o with { Listen = new IPEndPoint(IPAddress.Parse(everywhere), 0) });
        var advertised = FakeCluster.Node(b.Id, new IPEndPoint(IPAddress.Parse("127.0.0.9"), b.Links.LocalEndPoint.Port), "b");
        b.Cluster.Set(a.Node, advertised);
        a.Cluster.Set(a.Node, advertised);

        Assert.Equal("up b", await a.Recorder.NextAsync());
    }

    [Fact]
    public async Task Without_a_link_nothing_is_taken()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);

        Assert.False(a.TrySend(b, "nobody"));
        Assert.False(a.TrySend(a, "myself"));
        a.Cluster.Set(a.Node, FakeCluster.Node(LinkHost.IdOf(3), new IPEndPoint(IPAddress.Loopback, 1), "c"));
        Assert.False(a.Links.TrySend(LinkHost.IdOf(3), "not there"u8));

        Assert.Equal(2, a.Metric("conference_link_dropped_total{peer=\"unknown\"}"));
        Assert.Equal(1, a.Metric("conference_link_dropped_total{peer=\"c\"}"));
        Assert.Equal(0, a.Metric("conference_link_connected{peer=\"c\"}"));
    }

    [Fact]
    public async Task A_node_that_stops_says_first_what_it_still_has_to_say()
    {
        var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        await MeetAsync(a, b);
        for (int i = 0; i < 1000; i++)
            Assert.True(a.TrySend(b, $"{i}"));

        await a.DisposeAsync();

        for (int i = 0; i < 1000; i++)
            Assert.Equal($"a: {i}", await b.Recorder.NextAsync());
        Assert.Equal("down a", await b.Recorder.NextAsync());
        await LinkHost.UntilAsync(() => b.Lost("closed") == 1);
    }

    [Fact]
    public async Task A_handler_that_fails_costs_the_link_which_comes_back()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        b.Recorder.OnMessage = (_, _) => throw new InvalidOperationException("a mistake");
        await MeetAsync(a, b);

        Assert.True(a.TrySend(b, "poison"));

        Assert.Equal("down b", await a.Recorder.NextAsync());
        Assert.Equal("up b", await a.Recorder.NextAsync());
        Assert.Equal("down a", await b.Recorder.NextAsync());
        Assert.Equal("up a", await b.Recorder.NextAsync());
        Assert.Contains(b.Log.Lines, l => l.Contains("could not be handled", StringComparison.Ordinal) && l.Contains("a mistake", StringComparison.Ordinal));
        Assert.Equal(1, b.Lost("failed"));
    }

    [Fact]
    public async Task Health_tells_of_every_other_node_of_the_view()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var b = await LinkHost.StartAsync(2);
        var c = FakeCluster.Node(LinkHost.IdOf(3), new IPEndPoint(IPAddress.Loopback, 1), "c");
        a.Cluster.Set(a.Node, b.Node, c);
        b.Cluster.Set(a.Node, b.Node, c);
        Assert.Equal("up b", await a.Recorder.NextAsync());
        await LinkHost.UntilAsync(() => a.LinkTo(b).RoundTrip is not null);

        Assert.InRange(DateTimeOffset.UtcNow - a.LinkTo(b).ConnectedSince!.Value, TimeSpan.Zero, LinkHost.Patience);
        Assert.InRange(a.LinkTo(b).RoundTrip!.Value, TimeSpan.FromTicks(1), LinkHost.Patience);
        Assert.Equal(new LinkHealth(null, null, 0, 0), a.Links.Of(c.Id));
        Assert.Null(a.Links.Of(a.Id));
        Assert.Null(a.Links.Of(LinkHost.IdOf(9)));
        Assert.True(a.Metric("conference_link_round_trip_seconds{peer=\"b\"}") > 0);
        Assert.Equal(1, a.Metric("conference_link_connected{peer=\"b\"}"));
    }

    private static async Task MeetAsync(LinkHost a, LinkHost b)
    {
        LinkHost.Meet(a, b);
        Assert.Equal($"up {b.Name}", await a.Recorder.NextAsync());
        Assert.Equal($"up {a.Name}", await b.Recorder.NextAsync());
    }
}
