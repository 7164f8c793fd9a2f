using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>Opens what comes from one browser (RFC 3711, RFC 7714), for one thread. What is not authentic changes nothing here.</summary>
internal sealed class SrtpReceiver : IDisposable
{
    private const uint EncryptedBit = 1u << 31;

    private readonly SrtpProfile _profile;
    private readonly ISrtpCipher _rtp;
    private readonly ISrtpCipher _rtcp;
    private readonly SrtpNonce _rtpNonce;
    private readonly SrtpNonce _rtcpNonce;
    private readonly SrtpSources _sources = new();

    // A browser counts its reports by SSRC, not all in one.
    private readonly SrtpSources _reporters = new();

    public SrtpReceiver(SrtpMaster master, Func<SrtpKeys, ISrtpCipher> cipher)
    {
        _profile = master.Profile;
        SrtpKeys rtp = SrtpKeys.ForRtp(master);
        SrtpKeys rtcp = SrtpKeys.ForRtcp(master);
        _rtp = cipher(rtp);
        _rtcp = cipher(rtcp);
        _rtpNonce = new SrtpNonce(rtp);
        _rtcpNonce = new SrtpNonce(rtcp);
    }

    /// <summary>Opens an RTP packet.</summary>
    /// <param name="packet">As it came.</param>
    /// <param name="into">The same memory, or other that is as long.</param>
    /// <param name="length">Of the packet in <paramref name="into"/>; anything but <see cref="SrtpOutcome.Opened"/> leaves nothing there.</param>
    public SrtpOutcome Open(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
    {
        length = 0;
        int header = SrtpLayout.HeaderBytes(packet);
        int end = packet.Length - _profile.TagBytes;
        if (header == 0 || end < header)
            return SrtpOutcome.Malformed;
        uint ssrc = RtpPacket.ReadSsrc(packet);
        SrtpSource? source = _sources.Find(ssrc);
        long index = SrtpSource.Guess(source, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        if (index < 0 || source?.Window.IsNew(index) == false)
            return SrtpOutcome.Replayed;
        Span<byte> scratch = stackalloc byte[SrtpNonce.MaxBytes + 4];
        ReadOnlySpan<byte> nonce = _rtpNonce.Write(scratch[..SrtpNonce.MaxBytes], ssrc, index);
        ReadOnlySpan<byte> rollover = SrtpSender.WriteRollover(_profile, scratch[SrtpNonce.MaxBytes..], index);
        if (!_rtp.TryOpen(nonce, packet[..header], rollover, packet[header..end], into[header..end], packet[end..]))
            return SrtpOutcome.Forged;
        return Take(_sources, source, ssrc, index, packet[..header], into, end, out length);
    }

    /// <summary>Opens a compound of RTCP packets; parameters as for <see cref="Open"/>.</summary>
    public SrtpOutcome OpenRtcp(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
    {
        length = 0;
        int end = packet.Length - _profile.TagBytes - SrtpLayout.RtcpIndexBytes;
        if (end < SrtpLayout.RtcpHeaderBytes || packet[0] >> 6 != 2)
            return SrtpOutcome.Malformed;
        // See SrtpSender.SealRtcp.
        int tagAt = _profile.IsAead ? end : end + SrtpLayout.RtcpIndexBytes;
        ReadOnlySpan<byte> trailer = packet.Slice(_profile.IsAead ? end + _profile.TagBytes : end, SrtpLayout.RtcpIndexBytes);
        uint word = BinaryPrimitives.ReadUInt32BigEndian(trailer);
        if ((word & EncryptedBit) == 0)
            return SrtpOutcome.Malformed;
        long index = word & ~EncryptedBit;
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        SrtpSource? source = _reporters.Find(ssrc);
        if (source?.Window.IsNew(index) == false)
            return SrtpOutcome.Replayed;
        Span<byte> scratch = stackalloc byte[SrtpNonce.MaxBytes];
        ReadOnlySpan<byte> nonce = _rtcpNonce.Write(scratch, ssrc, index);
        ReadOnlySpan<byte> header = packet[..SrtpLayout.RtcpHeaderBytes];
        if (!_rtcp.TryOpen(nonce, header, trailer, packet[header.Length..end], into[header.Length..end], packet.Slice(tagAt, _profile.TagBytes)))
            return SrtpOutcome.Forged;
        return Take(_reporters, source, ssrc, index, header, into, end, out length);
    }

    public void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    private static SrtpOutcome Take(
        SrtpSources sources, SrtpSource? source, uint ssrc, long index, ReadOnlySpan<byte> header, Span<byte> into, int end, out int length)
    {
        length = 0;
        if (source is null)
        {
            if (sources.IsFull)
                return SrtpOutcome.TooManySources;
            source = sources.Add(ssrc);
        }

        source.Window.Take(index);
        header.CopyTo(into);
        length = end;
        return SrtpOutcome.Opened;
    }
}
