using Conference.Media.Streams;
using Conference.Media.Tests.Support;
using Conference.Media.Web;
using Conference.Protocol.Rtp;

namespace Conference.Media.Tests.Web;

public sealed class RtxTests
{
    private readonly MissingNumbers _missing = new();

    [Fact]
    public void What_is_wrapped_is_the_original_when_it_is_unwrapped()
    {
        var writer = new RtxWriter(500);
        byte[] original = [0x90, 0xE0, 0xAB, 0xCD, 0, 0, 0, 6, 0, 0, 0, 7, 0xBE, 0xDE, 0, 1, 0x31, 1, 2, 0, 10, 20, 30];
        for (ushort i = 1; i < 4; i++)
        {
            byte[] packet = [.. original[..20], .. new byte[5]];
            Assert.Equal(25, writer.Wrap(packet, 20, original.AsSpan(20), 97));
            Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtx));
            Assert.Equal((97, true, i, 6u, 500u), (rtx.PayloadType, rtx.Marker, rtx.Sequence, rtx.Timestamp, rtx.Ssrc));
            Assert.True(RtxReader.TryReadNumber(packet, rtx, out ushort number));
            Assert.Equal(0xABCD, number);
            int start = RtxReader.Unwrap(packet, rtx, 7, 96);
            Assert.Equal(original, packet[start..]);
        }
    }

    [Fact]
    public void A_probe_of_padding_has_no_number()
    {
        byte[] probe = [0xA0, 97, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4];
        Assert.True(RtpPacket.TryParse(probe, out RtpPacket rtx));
        Assert.False(RtxReader.TryReadNumber(probe, rtx, out _));
        byte[] empty = Packets.Rtp(2, 1, "ab", 97);
        Assert.True(RtpPacket.TryParse(empty, out rtx));
        Assert.False(RtxReader.TryReadNumber(empty, rtx, out _));
    }

    [Fact]
    public void Only_what_is_missing_is_taken_and_only_once()
    {
        _missing.Arrived(65_534, 0);
        _missing.Arrived(2, 0);
        Assert.Equal(3, _missing.Count);
        Assert.False(_missing.TryFill(2, 10));
        Assert.False(_missing.TryFill(65_533, 10));
        Assert.True(_missing.TryFill(65_535, 10));
        Assert.False(_missing.TryFill(65_535, 10));
        // What was only late has come.
        _missing.Arrived(1, 10);
        Assert.False(_missing.TryFill(1, 10));
        Assert.True(_missing.TryFill(0, 10));
        Assert.Equal(0, _missing.Count);
    }

    [Fact]
    public void Questions_wait_are_repeated_and_end()
    {
        _missing.Arrived(1, 0);
        _missing.Arrived(4, 0);
        Assert.Empty(Ask(MissingNumbers.Patience - 1));
        Assert.Equal([2, 3], Ask(MissingNumbers.Patience));
        Assert.Empty(Ask(MissingNumbers.Patience));
        long asked = MissingNumbers.Patience;
        for (int i = 1; i < MissingNumbers.MostQuestions; i++)
        {
            Assert.Empty(Ask(asked + _missing.Pause - 1));
            Assert.Equal([2, 3], Ask(asked += _missing.Pause));
        }

        Assert.Empty(Ask(asked + _missing.Pause));
        Ask(3 * Clock.Second);
        Assert.Equal(0, _missing.Count);
    }

    [Fact]
    public void Questions_follow_each_other_as_quickly_as_answers_come()
    {
        Assert.Equal(MissingNumbers.FirstPause, _missing.Pause);
        Assert.Equal(MissingNumbers.LeastPause, PauseAfterAnswersIn(2));
        Assert.InRange(PauseAfterAnswersIn(60), 85 * Clock.Millisecond, 90 * Clock.Millisecond);
        Assert.Equal(MissingNumbers.MostPause, PauseAfterAnswersIn(400));

        // Which of two questions was answered, nobody knows.
        long before = _missing.Pause;
        _now += Clock.Second;
        _missing.Arrived(++_sequence, _now);
        _missing.Arrived(_sequence += 2, _now);
        Ask(_now += MissingNumbers.Patience);
        Ask(_now += MissingNumbers.MostPause);
        Assert.True(_missing.TryFill((ushort)(_sequence - 1), _now + 1));
        Assert.Equal(before, _missing.Pause);
    }

    private ushort _sequence;
    private long _now;

    private long PauseAfterAnswersIn(int milliseconds)
    {
        for (int i = 0; i < 60; i++)
        {
            _now += Clock.Second;
            _missing.Arrived(++_sequence, _now);
            _missing.Arrived(_sequence += 2, _now);
            Assert.Equal([(ushort)(_sequence - 1)], Ask(_now += MissingNumbers.Patience));
            Assert.True(_missing.TryFill((ushort)(_sequence - 1), _now += milliseconds * Clock.Millisecond));
        }

        return _missing.Pause;
    }

    [Fact]
    public void More_than_can_be_repaired_is_not_asked_for()
    {
        _missing.Arrived(1, 0);
        _missing.Arrived(10_000, 0);
        Assert.Equal(0, _missing.Count);
        for (int i = 0; i < 1000; i++)
            _missing.Arrived((ushort)(10_000 + (i * 100)), 0);
        Assert.InRange(_missing.Count, 1, MissingNumbers.Most);
        Assert.InRange(Ask(Clock.Second).Length, 1, 32);
    }

    private ushort[] Ask(long now)
    {
        ushort[] into = new ushort[32];
        return into[.._missing.Ask(now, into)];
    }
}
