using Conference.Actors.Cluster;
using Conference.Node.Links;

namespace Conference.Node.Tests.Links;

/// <summary>What goes into a queue comes out of the other side's input, however the bytes are cut on the way.</summary>
public sealed class LinkQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Frames_survive_any_cutting(int seed)
    {
        var random = new Random(seed);
        var queue = new LinkQueue(64 << 20);
        var sent = new List<(FrameKind Kind, byte[] Body)>();
        for (int i = 0; i < 300; i++)
        {
            var kind = random.Next(10) == 0 ? FrameKind.Ping : FrameKind.Message;
            byte[] body = new byte[kind == FrameKind.Ping ? LinkFrame.PingBytes : random.Next(20) == 0 ? random.Next(INodeLinks.MaxMessageBytes + 1) : random.Next(500)];
            random.NextBytes(body);
            Assert.True(queue.TryAdd(kind, body));
            sent.Add((kind, body));
        }

        using var input = new LinkInput();
        var received = new List<(FrameKind Kind, byte[] Body)>();
        while (queue.TryTake(out var segment))
        {
            for (var rest = segment.Content; rest.Length > 0;)
            {
                int cut = Math.Min(Math.Min(rest.Length, input.Free.Length), 1 + random.Next(random.Next(2) == 0 ? 10 : 100_000));
                rest[..cut].CopyTo(input.Free);
                rest = rest[cut..];
                input.Received(cut);
                while (input.TryRead(out var kind, out var body, out bool isMalformed))
                {
                    Assert.False(isMalformed);
                    received.Add((kind, body.ToArray()));
                }

                input.MakeRoom();
                Assert.False(input.Free.IsEmpty);
            }

            Assert.True(input.IsEmpty);
            queue.GiveBack(segment);
        }

        Assert.Equal(sent.Select(s => s.Kind), received.Select(r => r.Kind));
        Assert.True(sent.Zip(received).All(pair => pair.First.Body.SequenceEqual(pair.Second.Body)));
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public void Random_bytes_are_frames_or_are_not_and_nothing_else_happens()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            using var input = new LinkInput();
            bool isMalformed = false;
            for (int i = 0; i < 50 && !isMalformed; i++)
            {
                var free = input.Free.Span[..Math.Min(input.Free.Length, 1 + random.Next(3000))];
                random.NextBytes(free);
                // A kind there is, now and then, and a length there may be.
                if (random.Next(2) == 0 && free.Length >= 4)
                    (free[2], free[3]) = ((byte)random.Next(17), (byte)random.Next(3));
                input.Received(free.Length);
                while (input.TryRead(out _, out var body, out isMalformed))
                    Assert.InRange(body.Length, 0, INodeLinks.MaxMessageBytes);
                input.MakeRoom();
            }
        }
    }

    [Fact]
    public void What_is_being_sent_counts_until_it_is_sent()
    {
        var queue = new LinkQueue(1000);
        Assert.True(queue.TryAdd(FrameKind.Message, new byte[996]));
        Assert.False(queue.TryAdd(FrameKind.Message, []));
        Assert.True(queue.TryTake(out var segment));
        Assert.False(queue.TryAdd(FrameKind.Message, []));

        queue.GiveBack(segment);

        Assert.True(queue.TryAdd(FrameKind.Message, []));
    }

    [Fact]
    public void Pings_go_through_a_full_queue_but_not_for_ever()
    {
        var queue = new LinkQueue(1000);
        Assert.True(queue.TryAdd(FrameKind.Message, new byte[996]));
        int pings = 0;
        while (queue.TryAdd(FrameKind.Ping, new byte[LinkFrame.PingBytes]))
            pings++;

        Assert.InRange(pings, 100, 1000);
    }

    [Fact]
    public async Task Whoever_waits_is_told_of_what_comes_and_of_the_end()
    {
        var queue = new LinkQueue(1000);
        var first = queue.WaitAsync();
        Assert.False(first.IsCompleted);
        queue.TryAdd(FrameKind.Message, [1]);
        Assert.True(await first);
        Assert.True(await queue.WaitAsync());
        Assert.True(queue.TryTake(out _));
        var second = queue.WaitAsync();
        queue.Complete();

        Assert.False(await second);
        Assert.False(await queue.WaitAsync());
        Assert.False(queue.TryAdd(FrameKind.Message, [1]));
    }

    [Fact]
    public async Task What_is_in_a_queue_when_it_ends_is_still_to_be_sent()
    {
        var queue = new LinkQueue(1000);
        queue.TryAdd(FrameKind.Message, [1]);
        queue.Complete();

        Assert.True(await queue.WaitAsync());
        Assert.True(queue.TryTake(out _));
        Assert.False(await queue.WaitAsync());
    }

    [Fact]
    public async Task Adding_and_taking_allocates_nothing_per_message()
    {
        var queue = new LinkQueue(8 << 20);
        byte[] message = new byte[100];
        await RunAsync(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var run = RunAsync(100_000);
        Assert.True(run.IsCompletedSuccessfully);
        await run;

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);

        async Task RunAsync(int batches)
        {
            for (int i = 0; i < batches; i++)
            {
                for (int k = 0; k < 10; k++)
                    queue.TryAdd(FrameKind.Message, message);
                Assert.True(await queue.WaitAsync());
                while (queue.TryTake(out var segment))
                    queue.GiveBack(segment);
            }
        }
    }
}
