using Conference.Media.Tests.Support;
using Conference.Protocol.Rtp;

namespace Conference.Protocol.Tests.Rtp;

public sealed class RtpPacketTests
{
    [Fact]
    public void The_fixed_header_is_read()
    {
        byte[] bytes = Packets.Rtp(0x11223344, 0xABCD, "hello");
        bytes[1] |= 0x80;
        Assert.True(RtpPacket.TryParse(bytes, out RtpPacket packet));
        Assert.True(packet.Marker);
        Assert.Equal(96, packet.PayloadType);
        Assert.Equal(0xABCD, packet.Sequence);
        Assert.Equal(0xABCDu * 3000, packet.Timestamp);
        Assert.Equal(0x11223344u, packet.Ssrc);
        Assert.Equal((12, 5), (packet.PayloadOffset, packet.PayloadLength));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var header = new RtpPacket(111, true, 65535, 0xFEDCBA98, 0xDEADBEEF);
        byte[] bytes = new byte[20];
        header.Write(bytes);
        Assert.True(RtpPacket.TryParse(bytes, out RtpPacket read));
        Assert.Equal((12, 8), (read.PayloadOffset, read.PayloadLength));
        Assert.Equal(
            (111, true, 65535, 0xFEDCBA98, 0xDEADBEEF), (read.PayloadType, read.Marker, read.Sequence, read.Timestamp, read.Ssrc));
    }

    [Fact]
    public void Csrcs_extension_and_padding_lie_around_the_payload()
    {
        byte[] bytes = new byte[12 + 8 + 4 + 4 + 10 + 3];
        bytes[0] = 0x80 | 0x20 | 0x10 | 2;
        bytes[20] = 0xBE;
        bytes[21] = 0xDE;
        bytes[23] = 1;
        bytes[^1] = 3;
        Assert.True(RtpPacket.TryParse(bytes, out RtpPacket packet));
        Assert.Equal((0xBEDE, 24, 4), (packet.ExtensionProfile, packet.ExtensionOffset, packet.ExtensionLength));
        Assert.Equal((28, 10), (packet.PayloadOffset, packet.PayloadLength));
        bytes[^1] = 13;
        Assert.True(RtpPacket.TryParse(bytes, out packet));
        Assert.Equal(0, packet.PayloadLength);
        for (int length = 0; length < 28; length++)
            Assert.False(RtpPacket.TryParse(bytes.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0x00, 0, "version 0")]
    [InlineData(0x40, 0, "version 1")]
    [InlineData(0xC0, 0, "version 3")]
    [InlineData(0x8F, 0, "fifteen CSRCs that are not there")]
    [InlineData(0x90, 0, "an extension that is not there")]
    [InlineData(0xA0, 0, "no padding at all")]
    [InlineData(0xA0, 9, "more padding than payload")]
    public void Headers_that_lie_are_not_rtp(byte first, byte last, string lie)
    {
        byte[] bytes = Packets.Rtp(1, 1, "12345678");
        bytes[0] = first;
        bytes[^1] = last;
        if (first == 0x90)
            Array.Resize(ref bytes, 15);
        Assert.False(RtpPacket.TryParse(bytes, out _), lie);
    }

    [Fact]
    public void An_extension_longer_than_the_datagram_is_not_rtp()
    {
        byte[] bytes = Packets.Rtp(1, 1, "1234abcd");
        bytes[0] = 0x90;
        (bytes[14], bytes[15]) = (0, 2);
        Assert.False(RtpPacket.TryParse(bytes, out _));
        bytes[15] = 1;
        Assert.True(RtpPacket.TryParse(bytes, out RtpPacket packet));
        Assert.Equal(0, packet.PayloadLength);
    }

    [Theory]
    [InlineData(191, false)]
    [InlineData(192, true)]
    [InlineData(200, true)]
    [InlineData(223, true)]
    [InlineData(224, false)]
    public void Payload_types_64_to_95_are_rtcp(byte second, bool isRtcp)
    {
        byte[] bytes = Packets.Rtp(1, 1);
        bytes[1] = second;
        Assert.Equal(isRtcp, RtpPacket.LooksLikeRtcp(bytes));
        Assert.Equal(!isRtcp, RtpPacket.TryParse(bytes, out _));
    }

    [Fact]
    public void Every_truncation_and_any_bytes_are_harmless()
    {
        var random = new Random(7);
        byte[] full = new byte[200];
        for (int round = 0; round < 2000; round++)
        {
            random.NextBytes(full);
            full[0] = (byte)(0x80 | (full[0] & 0x3F));
            for (int length = 0; length < 100; length++)
            {
                if (!RtpPacket.TryParse(full.AsSpan(0, length), out RtpPacket packet))
                    continue;
                Assert.InRange(packet.PayloadOffset, 12, length);
                Assert.InRange(packet.PayloadLength, 0, length - packet.PayloadOffset);
                Assert.InRange(packet.ExtensionOffset + packet.ExtensionLength, 0, length);
            }
        }
    }
}
