using Conference.Client.Media.Rtp;
using Conference.Protocol;
using Conference.Protocol.Rtp;

namespace Conference.Client.Tests.Media;

public class RtpSourceTableTests
{
    private static readonly SourceDescription _joe = new(0x01020304, "joe@127.0.0.1", "0a1b2c3d");

    private readonly RtpSourceTable _table = new(Service.Video, TimeProvider.System);

    private static byte[] Write(SourceDescription self, bool goodbye = false)
    {
        byte[] packet = new byte[RtcpWriter.MaxBytes];
        return packet[..RtcpWriter.WriteCompound(packet, self, [], goodbye)];
    }

    private static byte[] Rtp(uint ssrc)
    {
        byte[] packet = new byte[20];
        new RtpPacket(96, false, 1, 2, ssrc).Write(packet);
        return packet;
    }

    [Fact]
    public void Names_are_made_safe_to_print()
    {
        _table.Add(Write(_joe with { Cname = "\u001b[2Jjoe\u202e@h" }), 0);
        Assert.Equal("\uFFFD[2Jjoe\uFFFD@h", _table.Add(Rtp(_joe.Ssrc), 1)?.Description?.Cname);
    }

    [Fact]
    public void Sources_get_their_names_whichever_comes_first()
    {
        _table.Add(Write(_joe), 0);
        Assert.Equal("joe", _table.Add(Rtp(_joe.Ssrc), 1)?.Member);
        var alice = _table.Add(Rtp(0xABCDEF01), 2)!;
        Assert.Equal("?abcdef01", alice.Member);
        _table.Add(Write(new SourceDescription(0xABCDEF01, "alice@h", "")), 3);
        Assert.Equal("alice", alice.Member);
        _table.Add(Write(new SourceDescription(0xABCDEF01, "alice@h", ""), goodbye: true), 3);
        Assert.True(alice.IsGone);
    }

    [Fact]
    public void Every_truncation_counts_as_far_as_it_goes()
    {
        byte[] packet = Write(_joe, goodbye: true);
        for (int length = 0; length < packet.Length; length++)
        {
            var table = new RtpSourceTable(Service.Video, TimeProvider.System);
            var source = table.Add(Rtp(_joe.Ssrc), 0)!;
            table.Add(packet.AsSpan(0, length), 1);
            Assert.Equal((length >= packet.Length - 8, false), (source.Description == _joe, source.IsGone));
        }
    }

    [Fact]
    public void A_thousand_sources_are_kept_and_no_more()
    {
        long now = TimeProvider.System.GetTimestamp();
        for (uint ssrc = 1; ssrc <= 3000; ssrc++)
        {
            _table.Add(Rtp(ssrc), now);
            _table.Add(Write(new SourceDescription(ssrc + 10_000, "x@h", "")), now);
        }

        Assert.Equal(RtpSourceTable.MaxSources, _table.Read(s => s.Ssrc).Count);
        Assert.Equal(3000 - RtpSourceTable.MaxSources, _table.Ignored);
        Assert.Null(_table.Add("not RTP at all"u8, now));
    }
}
