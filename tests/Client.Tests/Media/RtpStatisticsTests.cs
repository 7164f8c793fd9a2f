using Conference.Client.Media.Rtp;
using Conference.Protocol.Rtp;

namespace Conference.Client.Tests.Media;

public class RtpStatisticsTests
{
    /// <summary>An 8 kHz clock makes the sums easy: 20 ms are 160 units.</summary>
    private readonly RtpStatistics _statistics = new(8000);

    private void Receive(int sequence, double milliseconds = 0, uint timestamp = 0, bool marker = false) =>
        _statistics.Add(new RtpPacket(0, marker, (ushort)sequence, timestamp, 1), 100, milliseconds / 1000);

    [Fact]
    public void Jitter_follows_rfc_3550_a8()
    {
        // Sent every 20 ms (160 units). Transit differences by hand: 0, +40 (5 ms late), -40, +80.
        Receive(1, 0, 0);
        Receive(2, 20, 160);
        Assert.Equal(0, _statistics.Jitter, 9);
        Receive(3, 45, 320);
        Assert.Equal(40 / 16.0, _statistics.Jitter, 9);                       // 2.5
        Receive(4, 60, 480);
        Assert.Equal(2.5 + ((40 - 2.5) / 16), _statistics.Jitter, 9);         // 4.84375
        Receive(5, 90, 640);
        Assert.Equal(4.84375 + ((80 - 4.84375) / 16), _statistics.Jitter, 9); // 9.541015625
        Assert.Equal(9.541015625 / 8, _statistics.JitterMilliseconds, 9);
    }

    [Fact]
    public void Jitter_is_not_disturbed_by_a_wrapping_timestamp()
    {
        Receive(1, 0, uint.MaxValue - 79);
        Receive(2, 20, 80);
        Assert.Equal(0, _statistics.Jitter, 9);
    }

    [Fact]
    public void Loss_is_what_the_sequence_expects_less_what_came()
    {
        foreach (int sequence in (int[])[10, 11, 14, 15, 19])
            Receive(sequence);
        Assert.Equal((10, 5, 5), (_statistics.Expected, _statistics.Packets, _statistics.Lost));
        Assert.Equal(0.5, _statistics.LostShare, 9);
        Assert.Equal(19u, _statistics.ExtendedHighest);
    }

    [Fact]
    public void Fraction_lost_is_since_the_last_report_in_256ths()
    {
        foreach (int sequence in (int[])[0, 1, 2, 3])
            Receive(sequence);
        Assert.Equal(0, _statistics.TakeFractionLost());
        foreach (int sequence in (int[])[4, 6, 7])
            Receive(sequence);
        Assert.Equal(64, _statistics.TakeFractionLost());
        Assert.Equal(0, _statistics.TakeFractionLost());
    }

    [Fact]
    public void Sequence_numbers_wrap()
    {
        foreach (int sequence in (int[])[65534, 65535, 0, 1])
            Receive(sequence);
        Assert.Equal((4, 0), (_statistics.Expected, _statistics.Lost));
        Assert.Equal(0x10001u, _statistics.ExtendedHighest);
    }

    [Fact]
    public void Late_ones_are_reordered_and_second_ones_duplicates()
    {
        foreach (int sequence in (int[])[1, 2, 4, 3, 3, 5, 5, 2])
            Receive(sequence);
        Assert.Equal((1, 3, 0), (_statistics.Reordered, _statistics.Duplicates, _statistics.Lost));
    }

    [Fact]
    public void A_packet_from_before_the_first_one_makes_up_for_no_loss()
    {
        foreach (int sequence in (int[])[10, 9, 12])
            Receive(sequence);
        Assert.Equal((3, 3, 0, 1), (_statistics.Expected, _statistics.Packets, _statistics.Lost, _statistics.Reordered));
    }

    [Fact]
    public void One_packet_far_away_is_ignored_and_two_in_a_row_start_anew()
    {
        Receive(100);
        Receive(101);
        Receive(30000);
        Receive(102);
        Assert.Equal((3, 0), (_statistics.Packets, _statistics.Lost));
        Receive(40000);
        Receive(40001);
        Receive(40003);
        Assert.Equal(1, _statistics.Lost);
    }

    [Fact]
    public void Markers_and_bytes_are_counted_once()
    {
        Receive(1, marker: true);
        Receive(1, marker: true);
        Receive(2);
        Assert.Equal((1, 300), (_statistics.Marked, _statistics.Bytes));
    }

    [Fact]
    public void A_sequence_window_agrees_with_a_set_that_forgets_nothing()
    {
        var random = new Random(1);
        var window = default(SequenceWindow);
        var seen = new HashSet<long>();
        long highest = -1;
        for (int i = 0; i < 200_000; i++)
        {
            long number = Math.Max(0, highest + random.Next(-300, random.Next(100) == 0 ? 1000 : 4));
            var expected = number > highest ? Arrival.New
                : number <= highest - SequenceWindow.Width ? Arrival.Stale
                : seen.Contains(number) ? Arrival.Duplicate : Arrival.Late;
            Assert.Equal(expected, window.Add(number));
            seen.Add(number);
            highest = Math.Max(highest, number);
        }
    }

    [Fact]
    public void Recent_loss_is_of_the_last_five_seconds()
    {
        int sequence = 1;
        void Second(int lost)
        {
            sequence += lost;
            for (int i = lost; i < 100; i++)
                Receive(sequence++);
            _statistics.Tick();
        }

        Second(0);
        Second(50);
        Assert.Equal(0.25, _statistics.RecentLossShare, 2);
        for (int i = 0; i < 3; i++)
            Second(0);
        Assert.Equal(0.1, _statistics.RecentLossShare, 2);
        for (int i = 0; i < 5; i++)
            Second(0);
        Assert.Equal(0, _statistics.RecentLossShare);
        Assert.Equal(0.05, _statistics.LostShare, 2);
    }
}
