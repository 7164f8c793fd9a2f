using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>
/// Seals what goes to one browser (RFC 3711, RFC 7714), for one thread. No number of an SSRC is sealed twice: in GCM two packets under one
/// nonce tell what is in both, and the key they were authenticated by. What was lost is sent again as RTX, or as the very bytes that were sent first.
/// </summary>
/// <remarks>One key may have several senders if their SSRCs are disjoint, those of RTCP too.</remarks>
internal sealed class SrtpSender : IDisposable
{
    private const uint EncryptedBit = 1u << 31;
    private const uint MaxRtcpIndex = EncryptedBit - 1;

    private readonly SrtpProfile _profile;
    private readonly ISrtpCipher _rtp;
    private readonly ISrtpCipher _rtcp;
    private readonly SrtpNonce _rtpNonce;
    private readonly SrtpNonce _rtcpNonce;
    private readonly SrtpSources _sources = new();
    private uint _rtcpIndex;

    public SrtpSender(SrtpMaster master, Func<SrtpKeys, ISrtpCipher> cipher)
    {
        _profile = master.Profile;
        SrtpKeys rtp = SrtpKeys.ForRtp(master);
        SrtpKeys rtcp = SrtpKeys.ForRtcp(master);
        _rtp = cipher(rtp);
        _rtcp = cipher(rtcp);
        _rtpNonce = new SrtpNonce(rtp);
        _rtcpNonce = new SrtpNonce(rtcp);
    }

    /// <summary>Seals a packet whose header lies where it is to go already; its payload may lie there too, just behind, or anywhere else.</summary>
    /// <param name="packet">Header, room for the payload, and <see cref="SrtpProfile.TagBytes"/>.</param>
    /// <param name="header">How long the header is, extension included.</param>
    /// <param name="payload">With padding, if the header says that there is some.</param>
    /// <returns>The sealed packet's length; 0 where the number has been sealed before or is too old to tell, or there are too many SSRCs.</returns>
    public int Seal(Span<byte> packet, int header, ReadOnlySpan<byte> payload)
    {
        uint ssrc = RtpPacket.ReadSsrc(packet);
        SrtpSource? source = _sources.Find(ssrc);
        long index = SrtpSource.Guess(source, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        if (source is null)
        {
            if (_sources.IsFull)
                return 0;
            source = _sources.Add(ssrc);
        }

        if (index < 0 || !source.Window.IsNew(index))
            return 0;
        source.Window.Take(index);
        int end = header + payload.Length;
        Span<byte> scratch = stackalloc byte[SrtpNonce.MaxBytes + 4];
        ReadOnlySpan<byte> nonce = _rtpNonce.Write(scratch[..SrtpNonce.MaxBytes], ssrc, index);
        ReadOnlySpan<byte> rollover = WriteRollover(_profile, scratch[SrtpNonce.MaxBytes..], index);
        bool isSealed = _rtp.TrySeal(nonce, packet[..header], rollover, payload, packet[header..end], packet.Slice(end, _profile.TagBytes));
        return isSealed ? end + _profile.TagBytes : 0;
    }

    /// <summary>Seals a compound where it lies.</summary>
    /// <param name="packet">The compound, and <see cref="SrtpProfile.MaxOverhead"/>.</param>
    /// <param name="length">The compound's.</param>
    /// <returns>The sealed compound's length; 0 when the key is used up.</returns>
    public int SealRtcp(Span<byte> packet, int length)
    {
        if (_rtcpIndex == MaxRtcpIndex)
            return 0;
        _rtcpIndex++;
        Span<byte> scratch = stackalloc byte[SrtpNonce.MaxBytes];
        ReadOnlySpan<byte> nonce = _rtcpNonce.Write(scratch, BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), _rtcpIndex);
        // A cipher's own tag stands before the index; a MAC of everything behind it.
        int indexAt = _profile.IsAead ? length + _profile.TagBytes : length;
        int tagAt = _profile.IsAead ? length : length + SrtpLayout.RtcpIndexBytes;
        Span<byte> trailer = packet.Slice(indexAt, SrtpLayout.RtcpIndexBytes);
        BinaryPrimitives.WriteUInt32BigEndian(trailer, _rtcpIndex | EncryptedBit);
        Span<byte> text = packet[SrtpLayout.RtcpHeaderBytes..length];
        bool isSealed = _rtcp.TrySeal(nonce, packet[..SrtpLayout.RtcpHeaderBytes], trailer, text, text, packet.Slice(tagAt, _profile.TagBytes));
        return isSealed ? length + _profile.TagBytes + SrtpLayout.RtcpIndexBytes : 0;
    }

    /// <summary>What a MAC covers behind the payload (RFC 3711 section 4.2); in GCM the nonce has it.</summary>
    internal static ReadOnlySpan<byte> WriteRollover(SrtpProfile profile, Span<byte> into, long index)
    {
        if (profile.IsAead)
            return default;
        BinaryPrimitives.WriteUInt32BigEndian(into, (uint)(index >> 16));
        return into[..4];
    }

    public void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }
}
