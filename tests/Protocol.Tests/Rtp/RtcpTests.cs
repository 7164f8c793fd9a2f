using Conference.Media.Tests.Support;
using Conference.Protocol.Rtp;

namespace Conference.Protocol.Tests.Rtp;

public sealed class RtcpTests
{
    private static readonly SourceDescription _joe = new(0x01020304, "joe@127.0.0.1", "0a1b2c3d");

    [Fact]
    public void A_compound_is_walked_packet_by_packet()
    {
        byte[] bytes = [.. Packets.SenderReport(1), .. Packets.Rtcp(202, 1, 1, 0x01026162, 0), .. Packets.Pli(1, 2)];
        Assert.True(RtcpCompound.TryParse(bytes, out _));
        Assert.Equal([new(200, 0, 0, 28), new(202, 1, 28, 16), new(206, 1, 44, 12)], Walk(bytes));
    }

    [Fact]
    public void What_does_not_fill_its_datagram_is_no_compound_and_is_walked_as_far_as_it_goes()
    {
        byte[] report = Packets.SenderReport(1);
        foreach (byte[] rest in (byte[][])[[0x80], [0x80, 200, 0, 9, 0, 0, 0, 0], [0x00, 200, 0, 0]])
        {
            Assert.False(RtcpCompound.TryParse([.. report, .. rest], out _));
            Assert.Equal([new(200, 0, 0, 28)], Walk([.. report, .. rest]));
        }

        Assert.False(RtcpCompound.TryParse(report.AsSpan(0, 24), out _));
        Assert.Empty(Walk(report[..24]));
        Assert.False(RtcpCompound.TryParse([], out _));
    }

    [Fact]
    public void A_description_is_laid_out_as_rfc_3550_says() => Assert.Equal(
        "80C90001" + "01020304" +                                                 // RR without blocks
        "81CA0003" + "01020304" + "0105" + Convert.ToHexString("joe@h"u8) + "00", // SDES, CNAME, the ending zero
        Convert.ToHexString(Write(new SourceDescription(0x01020304, "joe@h", ""))));

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(31, true)]
    public void What_is_written_is_read(int blocks, bool goodbye)
    {
        byte[] bytes = Write(_joe, blocks, goodbye);
        Assert.True(RtcpCompound.TryParse(bytes, out _));
        Assert.Equal(goodbye ? [201, 202, 203] : [201, 202], Walk(bytes).Select(p => p.Type));
        for (int i = 0; i < blocks; i++)
            Assert.Equal(Block(i), ReportBlock.Read(bytes.AsSpan(8 + (i * ReportBlock.Bytes))));
        Assert.Equal(_joe, Assert.Single(Descriptions(bytes)));
        if (goodbye)
            Assert.Equal(Packets.Rtcp(203, 1, _joe.Ssrc), bytes[^8..]);
    }

    [Fact]
    public void What_is_lost_is_cut_to_24_bits()
    {
        byte[] bytes = new byte[ReportBlock.Bytes];
        foreach ((long lost, long read) in (ReadOnlySpan<(long, long)>)[(-1, -1), (1L << 40, 0x7FFFFF), (-(1L << 40), -0x800000)])
        {
            new ReportBlock(1, 200, lost, 3, 4).Write(bytes);
            Assert.Equal(new ReportBlock(1, 200, read, 3, 4), ReportBlock.Read(bytes));
        }
    }

    [Fact]
    public void A_sender_report_keeps_what_stands_around_its_sender_info()
    {
        byte[] report = Packets.SenderReport(9, 7);
        Assert.Equal(new SenderInfo(0x1_0000_0002, 3, 4, 5), SenderInfo.Read(report));
        new SenderInfo(0x6_0000_0007, 8, 9, 10).Write(report);
        Assert.Equal(Packets.Rtcp(200, 1, 9, 6, 7, 8, 9, 10, 7, 11, 12, 13, 14, 15), report);
    }

    [Fact]
    public void Feedback_is_laid_out_as_rfc_4585_says()
    {
        byte[] bytes = new byte[20];
        Assert.Equal(12, RtcpWriter.WritePictureLoss(bytes, 1, 2));
        Assert.Equal(Packets.Pli(1, 2), bytes[..12]);
        // The third is 17 behind the first, and begins an entry; the last finds no place for one.
        Assert.Equal(20, RtcpWriter.WriteNack(bytes, 1, 2, [65535, 15, 16, 100]));
        Assert.Equal(Packets.Rtcp(205, 1, 1, 2, 0xFFFF_8000, 0x0010_0000), bytes);
    }

    [Fact]
    public void Every_length_of_name_ends_on_a_word()
    {
        for (int length = 1; length <= 255; length++)
        {
            var self = new SourceDescription(7, new string('x', length), "");
            Assert.Equal(self, Assert.Single(Descriptions(Write(self))));
        }
    }

    [Fact]
    public void A_name_too_long_is_cut_between_characters() => Assert.Equal(
        new string('é', 127), Assert.Single(Descriptions(Write(_joe with { Cname = new string('é', 300) }))).Cname);

    [Fact]
    public void A_chunk_that_does_not_fit_says_only_whose_it_is_and_is_the_last()
    {
        // An item longer than the packet, and one without the ending zero.
        foreach (uint text in (uint[])[0x01096162, 0x01026162])
        {
            var chunks = new SdesChunks(Packets.Rtcp(202, 3, 7, 0x01016100, 8, text));
            Assert.True(chunks.MoveNext() && chunks.Ssrc == 7 && chunks.Items.Length == 3);
            Assert.True(chunks.MoveNext() && chunks.Ssrc == 8 && chunks.Items.IsEmpty);
            Assert.False(chunks.MoveNext());
        }
    }

    [Fact]
    public void Every_changed_byte_is_harmless()
    {
        byte[] bytes = Write(_joe, 1, goodbye: true);
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. bytes];
                changed[i] = (byte)value;
                Assert.True(Descriptions(changed).Count <= 31);
            }
        }
    }

    private static ReportBlock Block(int source) => new((uint)source, 1, 2, 3, 4);

    private static byte[] Write(SourceDescription self, int blocks = 0, bool goodbye = false)
    {
        byte[] bytes = new byte[RtcpWriter.MaxBytes];
        return bytes[..RtcpWriter.WriteCompound(bytes, self, [.. Enumerable.Range(0, blocks).Select(Block)], goodbye)];
    }

    private static List<RtcpPacket> Walk(byte[] bytes)
    {
        List<RtcpPacket> packets = [];
        foreach (RtcpPacket packet in new RtcpCompound(bytes))
            packets.Add(packet);
        return packets;
    }

    private static List<SourceDescription> Descriptions(byte[] bytes)
    {
        List<SourceDescription> descriptions = [];
        foreach (RtcpPacket packet in Walk(bytes).Where(p => p.Type == RtcpType.SourceDescription))
        {
            for (var chunks = new SdesChunks(bytes.AsSpan(packet.Offset, packet.Length)); chunks.MoveNext();)
            {
                if (SourceDescription.TryRead(chunks, out SourceDescription description))
                    descriptions.Add(description);
            }
        }

        return descriptions;
    }
}
