using Conference.Client.Media.Rtp;

namespace Conference.Client.Tests.Media;

public class RtpHeaderTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var header = new RtpHeader(111, true, 65535, 0xFEDCBA98, 0xDEADBEEF, 12);
        byte[] packet = new byte[20];
        header.Write(packet);
        Assert.True(RtpHeader.TryParse(packet, out var read));
        Assert.Equal(header, read);
    }

    [Fact]
    public void Sources_and_extension_come_before_the_payload()
    {
        byte[] packet = new byte[12 + 8 + 4 + 12 + 1];
        new RtpHeader(96, false, 1, 2, 3, 12).Write(packet);
        packet[0] |= 0x12; // two CSRCs, an extension
        packet[23] = 3;    // of three words
        Assert.True(RtpHeader.TryParse(packet, out var read));
        Assert.Equal(36, read.PayloadOffset);
        for (int length = 0; length < 36; length++)
            Assert.False(RtpHeader.TryParse(packet.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0x40, 96)]  // version 1
    [InlineData(0x80, 200)] // RTCP on the same port
    [InlineData(0x8F, 96)]  // more CSRCs than bytes
    public void Anything_else_is_not_rtp(byte first, byte second)
    {
        byte[] packet = new byte[16];
        (packet[0], packet[1]) = (first, second);
        Assert.False(RtpHeader.TryParse(packet, out _));
    }

    [Fact]
    public void Padding_longer_than_the_packet_is_refused()
    {
        byte[] packet = new byte[16];
        (packet[0], packet[1], packet[15]) = (0xA0, 96, 5);
        Assert.False(RtpHeader.TryParse(packet, out _));
        packet[15] = 4;
        Assert.True(RtpHeader.TryParse(packet, out _));
    }
}
