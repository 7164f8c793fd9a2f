using Conference.Media.Streams;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

public sealed class TransportFeedbackTests
{
    private readonly TransportFeedback _feedback = new();
    private readonly byte[] _packet = new byte[TransportFeedback.MaxBytes];

    [Fact]
    public void What_came_is_said_with_the_time_it_came()
    {
        _feedback.Arrived(10, 64_000);
        _feedback.Arrived(11, 65_000);
        _feedback.Arrived(13, 264_000);
        _feedback.Arrived(12, 264_250);
        Assert.Equal([(10, 256), (11, 260), (12, 1057), (13, 1056)], Read(0));
        Assert.Equal(0, _feedback.Write(_packet, 1, 2, 0));
    }

    [Fact]
    public void The_bytes_are_those_of_the_draft()
    {
        _feedback.Arrived(0xFFFF, 128_000);
        _feedback.Arrived(1, 129_000);
        int length = _feedback.Write(_packet, 0x01020304, 0x05060708, 0);
        // One vector of bits, 1 0 1, and deltas of 0 and 4: whole words.
        Assert.Equal("8FCD0005" + "01020304" + "05060708" + "FFFF0003" + "00000200" + "A8000004", Convert.ToHexString(_packet, 0, length));
        _feedback.Arrived(2, 129_250);
        length = _feedback.Write(_packet, 0x01020304, 0x05060708, 0);
        // A run of one, a delta of 5 after the reference time, and one byte of padding, which counts itself.
        Assert.Equal("AFCD0005" + "01020304" + "05060708" + "00020001" + "00000201" + "20010501", Convert.ToHexString(_packet, 0, length));
    }

    [Fact]
    public void Packets_are_numbered_and_due_every_fifty_milliseconds()
    {
        Assert.False(_feedback.IsDue(0));
        for (int i = 0; i < 300; i++)
        {
            long now = i * TransportFeedback.Interval;
            _feedback.Arrived((ushort)i, now);
            Assert.True(_feedback.IsDue(now));
            Assert.Single(Read(now));
            Assert.Equal((byte)i, _packet[19]);
            Assert.False(_feedback.IsDue(now + TransportFeedback.Interval));
        }

        _feedback.Arrived(300, 299 * TransportFeedback.Interval);
        Assert.False(_feedback.IsDue((300 * TransportFeedback.Interval) - 1));
        Assert.True(_feedback.IsDue(300 * TransportFeedback.Interval));
    }

    [Fact]
    public void Missing_ones_are_said_and_late_ones_are_too_late()
    {
        _feedback.Arrived(1, 1000);
        _feedback.Arrived(40, 2000);
        Assert.Equal(2, Read(0).Count(r => r.Ticks is not null));
        _feedback.Arrived(20, 3000);
        Assert.Equal(0, _feedback.Write(_packet, 1, 2, 0));
        _feedback.Arrived(41, 4000);
        _feedback.Arrived(41, 9000);
        Assert.Equal([(41, 16)], Read(0));
    }

    [Fact]
    public void Far_jumps_forget_the_past()
    {
        _feedback.Arrived(1, 1000);
        _feedback.Arrived(20_000, 2000);
        var read = ReadAll();
        Assert.Equal(20_000, read[^1].Number);
        Assert.Equal(8, read[^1].Ticks);
        Assert.InRange(read.Count, 1, 1024);
    }

    [Fact]
    public void A_pause_of_ten_seconds_is_two_packets()
    {
        _feedback.Arrived(1, 0);
        _feedback.Arrived(2, 10 * Clock.Second);
        Assert.Equal([(1, 0)], Read(0));
        Assert.Equal([(2, 40_000)], Read(0));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void A_browser_reads_what_was_written(int seed)
    {
        var random = new Random(seed);
        var expected = new Dictionary<int, long>();
        long now = random.NextInt64(1L << 40);
        ushort number = (ushort)random.Next(65536);
        double loss = seed * 0.1;
        for (int i = 0; i < 20_000; i++)
        {
            // Ever again a pause longer than a small delta, or than a burst.
            now += random.Next(50) switch { 0 => random.Next(2_000_000), < 10 => random.Next(100_000), _ => random.Next(500) };
            number++;
            if (random.NextDouble() >= loss)
            {
                _feedback.Arrived(number, now);
                expected[number] = now / 250 % (1L << 32);
            }

            if (random.Next(60) != 0)
                continue;
            foreach ((int read, long? ticks) in ReadAll())
            {
                Assert.Equal(expected.Remove(read, out long at), ticks is not null);
                if (ticks is not null)
                    Assert.Equal(at, ticks);
            }

            Assert.Empty(expected);
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        long before = 0;
        for (int i = -1000; i < 20_000; i++)
        {
            if (i == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
            _feedback.Arrived((ushort)(i * 3), i * 700L + 1_000_000);
            if (i % 40 == 0)
                _feedback.Write(_packet, 1, 2, i);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);
    }

    private List<(int Number, long? Ticks)> Read(long now) => FeedbackReader.Read(_packet.AsSpan(0, _feedback.Write(_packet, 1, 2, now)));

    private List<(int Number, long? Ticks)> ReadAll()
    {
        List<(int, long?)> all = [];
        for (int length = _feedback.Write(_packet, 1, 2, 0); length > 0; length = _feedback.Write(_packet, 1, 2, 0))
        {
            Assert.InRange(length, 24, TransportFeedback.MaxBytes);
            all.AddRange(FeedbackReader.Read(_packet.AsSpan(0, length)));
        }

        return all;
    }
}
