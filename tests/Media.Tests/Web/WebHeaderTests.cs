using System.Buffers.Binary;
using Conference.Media.Speech;
using Conference.Media.Streams;
using Conference.Media.Web;
using Conference.Protocol.Rtp;

namespace Conference.Media.Tests.Web;

public sealed class WebHeaderTests
{
    private static readonly RtpPacket _shown = new(111, true, 77, 88, 99);

    [Fact]
    public void A_browser_gets_the_level_and_the_time_and_nothing_else()
    {
        // Two CSRCs, the level under 1, and something that only its sender understands.
        byte[] packet = [0x92, 0xEF, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 1, 1, 1, 1, 2, 2, 2, 2, 0xBE, 0xDE, 0, 2, 0x10, 0x85, 0x52, 1, 2, 3, 0, 0, 10, 20, 30];
        (RtpPacket read, byte[] header) = Write(new WebHeader(2, 9), packet, 1_500_000);
        Assert.Equal(_shown.Ssrc, read.Ssrc);
        Assert.Equal((77, 88u, 111, true), (read.Sequence, read.Timestamp, read.PayloadType, read.Marker));
        Assert.Equal([(2, "060000"), (9, "05")], Elements(header));
        Assert.Equal(24, header.Length);
    }

    [Fact]
    public void Headers_of_one_kind_are_as_long_as_each_other()
    {
        byte[] silent = [0x80, 111, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 10, 20, 30];
        (_, byte[] header) = Write(new WebHeader(2, 9), silent, 0);
        Assert.Equal([(2, "000000"), (9, "7F")], Elements(header));
        Assert.Equal(24, header.Length);
        Assert.Equal(20, Write(new WebHeader(2, 0), silent, 0).Header.Length);
        Assert.Equal(20, Write(new WebHeader(0, 2), silent, 0).Header.Length);
        Assert.Equal(12, Write(new WebHeader(0, 0), silent, 0).Header.Length);
        // Such ids do not go into the form that is written.
        Assert.Equal(12, Write(new WebHeader(15, 200), silent, 0).Header.Length);
        Assert.Equal(WebHeader.MaxBytes, header.Length);
    }

    [Fact]
    public void Padding_stays_where_it_is()
    {
        byte[] padded = [0xA0, 96, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 10, 0, 2];
        (_, byte[] header) = Write(new WebHeader(2, 0), padded, 0);
        Assert.True(RtpPacket.TryParse([.. header, .. padded[12..]], out RtpPacket whole));
        Assert.Equal(1, whole.PayloadLength);
    }

    [Theory, InlineData(0, 0u), InlineData(Clock.Second, 1u << 18), InlineData(64 * Clock.Second, 0u), InlineData((64 * Clock.Second) - 1, 0xFFFFFFu), InlineData(long.MaxValue / 4, null)]
    public void Seconds_have_24_bits(long now, uint? expected)
    {
        uint time = WebHeader.SendTime(now);
        Assert.InRange(time, 0u, 0xFFFFFFu);
        if (expected is not null)
            Assert.Equal(expected, time);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void The_room_gets_a_browsers_packet_in_its_own_words(bool isTwoByte)
    {
        byte[] extension = isTwoByte
            ? [0x10, 0x00, 0, 3, 4, 1, 0x30, 7, 1, 0x91, 3, 2, 1, 2, 0, 0]
            : [0xBE, 0xDE, 0, 2, 0x40, 0x30, 0x70, 0x91, 0x31, 1, 2, 0];
        byte[] packet = [0x91, 0xE0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 1, 1, 1, 1, .. extension, 10, 20, 30];
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtp));
        int start = new WebHeader(3, 7).ToRoom(packet, rtp, 111);
        byte[] room = packet[start..];
        Assert.Equal(20 + 3, room.Length);
        Assert.True(RtpPacket.TryParse(room, out RtpPacket read));
        Assert.Equal((111, true, 5, 6u, 7u), (read.PayloadType, read.Marker, read.Sequence, read.Timestamp, read.Ssrc));
        Assert.Equal([(1, "91")], Elements(room));
        Assert.True(AudioLevel.TryRead(read, room, out int level));
        Assert.Equal(0x11, level);
        Assert.Equal([10, 20, 30], room[read.PayloadOffset..]);
    }

    [Fact]
    public void Without_a_level_the_room_gets_no_extension()
    {
        byte[] packet = [0x90, 100, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0xBE, 0xDE, 0, 1, 0x31, 1, 2, 0, 10, 20];
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtp));
        int start = new WebHeader(3, 0).ToRoom(packet, rtp, 96);
        Assert.Equal([0x80, 96, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 10, 20], packet[start..]);
    }

    private static (RtpPacket Read, byte[] Header) Write(WebHeader writer, byte[] packet, long now)
    {
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtp));
        byte[] into = new byte[WebHeader.MaxBytes];
        byte[] header = into[..writer.Write(packet, rtp, _shown, now, into)];
        Assert.Equal(header.Length, SrtpLayout.HeaderBytes(header));
        header[0] &= 0xDF;
        Assert.True(RtpPacket.TryParse(header, out RtpPacket read));
        header[0] |= (byte)(packet[0] & 0x20);
        return (read, header);
    }

    private static List<(int Id, string Data)> Elements(byte[] packet)
    {
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtp));
        List<(int, string)> elements = [];
        for (var element = new HeaderElements(rtp, packet); element.MoveNext();)
            elements.Add((element.Id, Convert.ToHexString(element.Data)));
        return elements;
    }
}
