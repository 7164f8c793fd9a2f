using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>
/// What one browser is sent, from the room's packets to sealed ones: who sits on which line, the browser's payload types and numbers, and the seal.
/// For one thread, but for what says otherwise.
/// </summary>
/// <param name="own">The browser's own streams, which the room asks for keyframes and lost packets of.</param>
/// <param name="ssrc">This server's, in what it says itself.</param>
internal sealed class WebDownlink(WebUplink own, uint ssrc)
{
    /// <summary>What a sealed packet is longer by than the room's, at most.</summary>
    public const int MaxOverhead = WebHeader.MaxBytes + RtxWriter.OverheadBytes + SrtpProfile.MaxOverhead;

    private WebAgreement? _agreement;
    private WebPayloadTypes _types = new([]);
    private WebHeader _sound;
    private WebHeader _picture;

    /// <summary>From any thread what it says so of.</summary>
    public WebSeats Seats { get; } = new();

    /// <summary>Takes up what was agreed on.</summary>
    public void Adopt(WebAgreement agreement)
    {
        if (agreement == _agreement)
            return;
        _agreement = agreement;
        _types = new WebPayloadTypes(agreement.DownlinkTypes);
        _picture = new WebHeader(agreement.Extensions.SendTime, 0);
        _sound = new WebHeader(agreement.Extensions.SendTime, agreement.Extensions.AudioLevel);
        Seats.Adopt(agreement.Downlinks);
    }

    /// <summary>Seals a datagram of the room for the browser.</summary>
    /// <param name="audience">Of the port it comes to.</param>
    /// <param name="datagram">As the room has it.</param>
    /// <param name="into">As long, and <see cref="MaxOverhead"/> more.</param>
    /// <returns>The length; 0 for what the browser is not to have.</returns>
    public int Seal(IWebAudience audience, ReadOnlySpan<byte> datagram, SrtpSender sender, Span<byte> into, long now)
    {
        return RtpPacket.TryParse(datagram, out RtpPacket rtp)
            ? SealRtp(audience, datagram, rtp, sender, into, now)
            : SealRtcp(audience, datagram, sender, into);
    }

    private int SealRtp(IWebAudience audience, ReadOnlySpan<byte> packet, in RtpPacket rtp, SrtpSender sender, Span<byte> into, long now)
    {
        if (!_types.TryToBrowser(rtp.PayloadType, out byte type))
            return 0;
        bool isVideo = rtp.PayloadType != WebPayloadType.Opus;
        if (Seats.SeatOf(rtp.Ssrc, isVideo, audience, now) is not { } slot || !slot.TryShow(rtp, type, now, out RtpPacket shown))
            return 0;
        int header = (isVideo ? _picture : _sound).Write(packet, rtp, shown, now, into);
        ReadOnlySpan<byte> payload = packet[rtp.PayloadOffset..];
        int length = sender.Seal(into, header, payload);
        if (length > 0 || !_types.TryGetRtx(type, out byte rtx))
            return length;
        // It was sent before: under its number only the very same bytes may go, and they are gone.
        int end = slot.Rtx.Wrap(into, header, payload, rtx);
        return sender.Seal(into, header, into[header..end]);
    }

    private int SealRtcp(IWebAudience audience, ReadOnlySpan<byte> compound, SrtpSender sender, Span<byte> into)
    {
        int length = WebReports.ToBrowser(compound, audience.Channel, Seats, own, ssrc, into);
        return length > 0 ? sender.SealRtcp(into, length) : 0;
    }
}
