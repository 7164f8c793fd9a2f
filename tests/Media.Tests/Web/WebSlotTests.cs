using Conference.Media.Streams;
using Conference.Media.Web;
using Conference.Protocol.Rtp;

namespace Conference.Media.Tests.Web;

public sealed class WebSlotTests
{
    private static readonly (int Number, long Timestamp) _none = (-1, -1);

    private readonly WebSlot _slot = new(isVideo: true, ssrc: 100, rtxSsrc: 101);

    [Fact]
    public void Who_sits_down_goes_on_where_the_last_one_stopped()
    {
        _slot.Seat(1);
        Assert.Equal((1, 5000), Show(60_000, 5000, 0));
        Assert.Equal((2, 8000), Show(60_001, 8000, Clock.Second / 30));
        _slot.Seat(2);
        Assert.Null(_slot.TimestampOffset);
        Assert.Equal((3, 8000 + 90_000), Show(7, 3_000_000_000, (Clock.Second / 30) + Clock.Second));
        Assert.Equal((4, 8000 + 90_000 + 3000), Show(8, 3_000_003_000, 2 * Clock.Second));
        Assert.Equal((uint?)unchecked(98_000u - 3_000_000_000u), _slot.TimestampOffset);
        _slot.Clear();
        Assert.Null(_slot.Source);
    }

    [Fact]
    public void Two_at_the_same_moment_are_two_frames()
    {
        _slot.Seat(1);
        Assert.Equal((1, 5000), Show(1, 5000, 9));
        _slot.Seat(2);
        Assert.Equal((2, 5001), Show(1, 5000, 9));
    }

    [Fact]
    public void Numbers_go_on_for_days()
    {
        _slot.Seat(1);
        for (int i = 0; i < 300_000; i++)
            Assert.Equal((ushort)(i + 1), Show((ushort)(i + 9), (uint)i, i).Number);
        Assert.True(_slot.TryHide(unchecked((ushort)300_000), out ushort sequence));
        Assert.Equal(unchecked((ushort)300_008), sequence);
    }

    [Fact]
    public void Late_ones_have_their_place_and_earlier_than_the_first_have_none()
    {
        _slot.Seat(1);
        Assert.Equal(1, Show(100, 0, 0).Number);
        Assert.Equal(3, Show(102, 0, 0).Number);
        Assert.Equal(2, Show(101, 0, 0).Number);
        Assert.Equal(_none, Show(99, 0, 0));
    }

    [Fact]
    public void A_source_that_begins_anew_is_believed_the_second_time()
    {
        _slot.Seat(1);
        Show(30_000, 0, 0);
        Assert.Equal(_none, Show(100, 50, 10));
        Assert.Equal(2, Show(101, 60, 20).Number);
        Assert.Equal(3, Show(102, 70, 30).Number);
        // One straggler is none.
        Assert.Equal(_none, Show(40_000, 0, 40));
        Assert.Equal(4, Show(103, 80, 50).Number);
        Assert.Equal(_none, Show(40_001, 0, 60));
    }

    [Fact]
    public void Feedback_names_what_the_room_calls_it()
    {
        Assert.False(_slot.TryHide(1, out _));
        _slot.Seat(1);
        Show(500, 0, 0);
        Show(501, 0, 0);
        Assert.True(_slot.TryHide(2, out ushort sequence));
        Assert.Equal(501, sequence);
        Assert.False(_slot.TryHide(3, out _));
        _slot.Seat(2);
        Assert.False(_slot.TryHide(2, out _));
        Show(9, 0, 0);
        Assert.False(_slot.TryHide(2, out _));
        Assert.True(_slot.TryHide(3, out sequence));
        Assert.Equal(9, sequence);
    }

    [Fact]
    public void Everybody_sits_in_one_place()
    {
        var slots = new WebSlots();
        WebSlot first = new(false, 10, 11);
        WebSlot second = new(false, 20, 21);
        slots.Add(first);
        slots.Add(second);
        slots.Seat(first, 1);
        slots.Seat(second, 2);
        Assert.Same(first, slots.FindBySource(1));
        Assert.Same(second, slots.FindBySsrc(20));
        Assert.Null(slots.FindBySsrc(21));
        slots.Seat(second, 1);
        Assert.Null(first.Source);
        Assert.Same(second, slots.FindBySource(1));
        Assert.Null(slots.FindBySource(2));
        slots.Clear(second);
        Assert.Null(slots.FindBySource(1));
        slots.Clear(second);
        Assert.All(slots.All, s => Assert.Null(s.Source));
    }

    [Fact]
    public void Payload_types_are_mapped_both_ways()
    {
        // As Safari has it: what is 96 there is H.264, twice.
        var types = new WebPayloadTypes([new(98, 102, 99), new(96, 102, 97), new(100, 96, 101), new(111, 111, null)]);
        Assert.True(types.TryToRoom(96, out byte room));
        Assert.Equal(102, room);
        Assert.True(types.TryToBrowser(102, out byte browser));
        Assert.Equal(98, browser);
        Assert.True(types.TryToBrowser(96, out browser));
        Assert.Equal(100, browser);
        Assert.True(types.TryGetRtx(100, out byte rtx));
        Assert.Equal(101, rtx);
        Assert.True(types.TryGetOriginal(97, out browser));
        Assert.Equal(96, browser);
        Assert.False(types.TryGetRtx(111, out _));
        Assert.False(types.TryToRoom(97, out _));
        Assert.False(types.TryToBrowser(45, out _));
    }

    private (int Number, long Timestamp) Show(ushort sequence, uint timestamp, long now)
    {
        if (!_slot.TryShow(new RtpPacket(96, true, sequence, timestamp, 1), 120, now, out RtpPacket shown))
            return _none;
        Assert.Equal((100u, 120, true), (shown.Ssrc, shown.PayloadType, shown.Marker));
        return (shown.Sequence, shown.Timestamp);
    }
}
