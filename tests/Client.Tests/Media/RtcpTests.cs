using System.Text;
using Conference.Client.Media.Rtp;
using Conference.Protocol;

namespace Conference.Client.Tests.Media;

public class RtcpTests
{
    private static readonly SourceDescription _joe = new(0x01020304, "joe@127.0.0.1", "0a1b2c3d");

    private static byte[] Write(SourceDescription self, int blocks = 0, bool goodbye = false)
    {
        byte[] packet = new byte[RtcpWriter.MaxBytes];
        var reports = Enumerable.Range(0, blocks).Select(i => new ReportBlock((uint)i, 1, 2, 3, 4)).ToArray();
        return packet[..RtcpWriter.Write(packet, self, reports, goodbye)];
    }

    private static (List<SourceDescription> Descriptions, List<uint> Goodbyes) Read(ReadOnlySpan<byte> packet)
    {
        (List<SourceDescription> Descriptions, List<uint> Goodbyes) result = ([], []);
        RtcpReader.Read(packet, result.Descriptions, result.Goodbyes);
        return result;
    }

    [Fact]
    public void A_description_is_laid_out_as_rfc_3550_says()
    {
        byte[] packet = Write(new SourceDescription(0x01020304, "joe@h", ""));
        Assert.Equal(
            "80C90001" + "01020304" +                                            // RR without blocks
            "81CA0003" + "01020304" + "0105" + Convert.ToHexString("joe@h"u8) + "00", // SDES, CNAME, the ending zero
            Convert.ToHexString(packet));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(31, true)]
    public void What_is_written_is_read(int blocks, bool goodbye)
    {
        byte[] packet = Write(_joe, blocks, goodbye);
        Assert.Equal(0, packet.Length % 4);
        Assert.True(RtpHeader.IsRtcp(packet));
        var (descriptions, goodbyes) = Read(packet);
        Assert.Equal(_joe, Assert.Single(descriptions));
        Assert.Equal(goodbye ? [_joe.Ssrc] : [], goodbyes);
    }

    [Fact]
    public void Every_length_of_name_ends_on_a_word()
    {
        for (int length = 1; length <= 255; length++)
        {
            var self = new SourceDescription(7, new string('x', length), "");
            Assert.Equal(self, Assert.Single(Read(Write(self)).Descriptions));
        }
    }

    [Fact]
    public void A_name_too_long_is_cut_between_characters()
    {
        string cname = Assert.Single(Read(Write(_joe with { Cname = new string('é', 300) })).Descriptions).Cname;
        Assert.Equal(new string('é', 127), cname);
    }

    [Fact]
    public void Every_truncation_is_read_as_far_as_it_goes()
    {
        byte[] packet = Write(_joe, 2, goodbye: true);
        int descriptionEnd = packet.Length - 8;
        for (int length = 0; length < packet.Length; length++)
        {
            var (descriptions, goodbyes) = Read(packet.AsSpan(0, length));
            Assert.Equal(length >= descriptionEnd ? 1 : 0, descriptions.Count);
            Assert.Empty(goodbyes);
        }
    }

    [Fact]
    public void Every_changed_byte_is_harmless()
    {
        byte[] packet = Write(_joe, 1, goodbye: true);
        for (int i = 0; i < packet.Length; i++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. packet];
                changed[i] = (byte)value;
                Assert.True(Read(changed).Descriptions.Count <= 31);
            }
        }
    }

    [Fact]
    public void Names_are_made_safe_to_print()
    {
        var description = Assert.Single(Read(Write(_joe with { Cname = "\u001b[2Jjoe\u202e@h" })).Descriptions);
        Assert.Equal("\uFFFD[2Jjoe\uFFFD@h", description.Cname);
    }

    [Fact]
    public void Sources_get_their_names_whichever_comes_first()
    {
        var table = new RtpSourceTable(Service.Video, TimeProvider.System);
        byte[] packet = new byte[40];
        new RtpHeader(96, false, 1, 2, _joe.Ssrc, 12).Write(packet);
        new RtpHeader(96, false, 1, 2, 0xABCDEF01, 12).Write(packet.AsSpan(20));
        table.Add(Write(_joe), 0);
        Assert.Equal("joe", table.Add(packet.AsSpan(0, 20), 1)?.Member);
        var alice = table.Add(packet.AsSpan(20), 2)!;
        Assert.Equal("?abcdef01", alice.Member);
        table.Add(Write(new SourceDescription(0xABCDEF01, "alice@h", "")), 3);
        Assert.Equal("alice", alice.Member);
        table.Add(Write(new SourceDescription(0xABCDEF01, "alice@h", ""), goodbye: true), 3);
        Assert.True(alice.IsGone);
    }

    [Fact]
    public void A_thousand_sources_are_kept_and_no_more()
    {
        var table = new RtpSourceTable(Service.Video, TimeProvider.System);
        byte[] packet = new byte[20];
        long now = TimeProvider.System.GetTimestamp();
        for (uint ssrc = 1; ssrc <= 3000; ssrc++)
        {
            new RtpHeader(96, false, 1, 2, ssrc, 12).Write(packet);
            table.Add(packet, now);
            table.Add(Write(new SourceDescription(ssrc + 10_000, "x@h", "")), now);
        }

        Assert.Equal(RtpSourceTable.MaxSources, table.Read(s => s.Ssrc).Count);
        Assert.Equal(3000 - RtpSourceTable.MaxSources, table.Ignored);
        Assert.Null(table.Add(Encoding.ASCII.GetBytes("not RTP at all"), now));
    }
}
