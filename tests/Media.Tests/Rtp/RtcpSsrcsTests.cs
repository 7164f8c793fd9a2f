using Conference.Media.Rtp;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Rtp;

public sealed class RtcpSsrcsTests
{
    private const uint Old = 0xAAAAAAAA;
    private const uint New = 0xBBBBBBBB;
    private const uint Other = 0xCCCCCCCC;

    [Fact]
    public void Every_place_that_names_an_ssrc_is_rewritten()
    {
        Expect(Packets.SenderReport(Old, Other, Old), Packets.SenderReport(New, Other, New));
        Expect(Packets.ReceiverReport(Other, Old), Packets.ReceiverReport(Other, New));
        Expect(Packets.Pli(Other, Old), Packets.Pli(Other, New));
        // BYE of two sources, with a reason.
        Expect(Packets.Rtcp(203, 2, Other, Old, 0x02686900), Packets.Rtcp(203, 2, Other, New, 0x02686900));
        Expect(Packets.Rtcp(204, 0, Old, 0x6E616D65, Old), Packets.Rtcp(204, 0, New, 0x6E616D65, Old));
        // Generic NACK: its entries are sequence numbers, whatever they look like.
        Expect(Packets.Rtcp(205, 1, Other, Old, Old), Packets.Rtcp(205, 1, Other, New, Old));
        // TMMBR and FIR name sources in their entries.
        Expect(Packets.Rtcp(205, 3, Other, 0, Old, 7), Packets.Rtcp(205, 3, Other, 0, New, 7));
        Expect(Packets.Rtcp(206, 4, Other, 0, Old, 7, Other, Old), Packets.Rtcp(206, 4, Other, 0, New, 7, Other, Old));
        // REMB with two sources.
        Expect(
            Packets.Rtcp(206, 15, Other, 0, 0x52454D42, 0x02000000, Other, Old),
            Packets.Rtcp(206, 15, Other, 0, 0x52454D42, 0x02000000, Other, New));
        // XR: a DLRR block with two sub-blocks and a statistics summary.
        Expect(
            Packets.Rtcp(207, 0, Old, 0x05000006, Old, 1, Old, Other, 1, 2, 0x06000001, Old),
            Packets.Rtcp(207, 0, New, 0x05000006, New, 1, Old, Other, 1, 2, 0x06000001, New));
        // SDES: two chunks, CNAME "abcde" (padded by one zero, then to the word), then "ab".
        Expect(
            Packets.Rtcp(202, 2, Other, 0x01056162, 0x63646500, Old, 0x01026162, 0),
            Packets.Rtcp(202, 2, Other, 0x01056162, 0x63646500, New, 0x01026162, 0));
    }

    [Fact]
    public void Any_bytes_and_every_truncation_are_harmless_and_a_swap_twice_is_nothing()
    {
        var random = new Random(11);
        var swap = new Swap();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[4 * random.Next(0, 40)];
            random.NextBytes(bytes);
            for (int offset = 0; offset + 4 <= bytes.Length;)
            {
                // Believable headers over random bodies, with lengths that may be lies.
                int words = random.Next(0, 8);
                (bytes[offset], bytes[offset + 1]) = ((byte)(0x80 | random.Next(32)), (byte)random.Next(200, 208));
                (bytes[offset + 2], bytes[offset + 3]) = (0, (byte)words);
                offset += (words + 1) * 4;
            }

            for (int length = 0; length <= bytes.Length; length++)
            {
                byte[] cut = bytes[..length];
                RtcpSsrcs.Rewrite(cut, swap);
                RtcpSsrcs.Rewrite(cut, swap);
                Assert.Equal(bytes[..length], cut);
            }
        }
    }

    private static void Expect(byte[] before, byte[] after)
    {
        RtcpSsrcs.Rewrite(before, new Swap());
        Assert.Equal(Convert.ToHexString(after), Convert.ToHexString(before));
    }

    private sealed class Swap : ISsrcMap
    {
        public uint Map(uint ssrc) => ssrc switch { Old => New, New => Old, _ => ssrc };
    }
}
