using System.Globalization;
using System.Text;

namespace Conference.Node.Web.Sdp;

/// <summary>
/// Writes an answer (RFC 8829 section 5.3): ICE-lite, one transport for all lines, and this node as the one that waits for the handshake.
/// </summary>
/// <remarks>Of a slot's <c>a=ssrc</c> lines the first is the one browsers play, whatever the FID group says.</remarks>
internal sealed class AnswerWriter
{
    // RFC 8445 section 5.1.2.1 for a host candidate, and RFC 6544 section 4.2 for a passive one of TCP.
    private const uint UdpPriority = 2130706431;
    private const uint TcpPriority = 1671430143;

    private readonly StringBuilder _text = new();
    private readonly AnswerPlan _plan;
    private readonly AnswerTransport _transport;

    private AnswerWriter(AnswerPlan plan, AnswerTransport transport) => (_plan, _transport) = (plan, transport);

    /// <param name="session">A number that stays with the connection.</param>
    /// <param name="version">Higher with each answer of it.</param>
    public static string Write(AnswerPlan plan, AnswerTransport transport, long session, long version)
    {
        var writer = new AnswerWriter(plan, transport);
        writer.WriteSession(session, version);
        return writer._text.ToString();
    }

    private void WriteSession(long session, long version)
    {
        List<AnswerLine.Accepted> accepted = [.. _plan.Lines.OfType<AnswerLine.Accepted>()];
        Line($"v=0");
        Line($"o=- {session} {version} IN IP4 0.0.0.0");
        Line($"s=-");
        Line($"t=0 0");
        Line($"a=ice-lite");
        if (_plan.Offer.HasBundle)
            Line($"a=group:BUNDLE {string.Join(' ', accepted.Select(l => l.Offered.Mid))}");
        Line($"a=extmap-allow-mixed");
        Line($"a=msid-semantic: WMS *");
        foreach (AnswerLine line in _plan.Lines)
        {
            if (line is AnswerLine.Accepted accept)
                WriteAccepted(accept, isFirst: accept == accepted[0]);
            else
                WriteRefused(line.Offered);
        }
    }

    private void WriteRefused(OfferedLine line)
    {
        Line($"m={line.Media.Kind} 0 {line.Media.Protocol} {string.Join(' ', line.Media.Formats)}");
        Line($"c=IN IP4 0.0.0.0");
        if (line.Mid.Length > 0)
            Line($"a=mid:{line.Mid}");
        Line($"a=inactive");
    }

    private void WriteAccepted(AnswerLine.Accepted line, bool isFirst)
    {
        IEnumerable<byte> types = line.Codecs.SelectMany(c => c.Rtx is { } rtx ? (byte[])[c.Codec.PayloadType, rtx] : [c.Codec.PayloadType]);
        Line($"m={line.Offered.Media.Kind} 9 {line.Offered.Media.Protocol} {string.Join(' ', types)}");
        Line($"c=IN IP4 0.0.0.0");
        if (isFirst)
            WriteCandidates();
        Line($"a=ice-ufrag:{_transport.Ufrag}");
        Line($"a=ice-pwd:{_transport.Password}");
        Line($"a=fingerprint:{_transport.Fingerprint}");
        Line($"a=setup:passive");
        if (line.Offered.Mid.Length > 0)
            Line($"a=mid:{line.Offered.Mid}");
        foreach ((string uri, int id) in line.Extensions)
            Line($"a=extmap:{id} {uri}");
        Line($"a={DirectionOf(line)}");
        Line($"a=rtcp-mux");
        Line($"a=rtcp-rsize");
        foreach (AgreedCodec codec in line.Codecs)
            WriteCodec(codec);
        if (line is AnswerLine.Uplink { Rids.Count: > 0 } uplink)
            WriteLayers(uplink);
        if (line is AnswerLine.Downlink downlink)
            WriteSlot(downlink);
    }

    private void WriteCandidates()
    {
        if (_transport.HasUdp)
            Line($"a=candidate:1 1 udp {UdpPriority} {_transport.Address} {_transport.Port} typ host");
        if (_transport.HasTcp)
            Line($"a=candidate:2 1 tcp {TcpPriority} {_transport.Address} {_transport.Port} typ host tcptype passive");
        Line($"a=end-of-candidates");
    }

    private void WriteCodec(AgreedCodec agreed)
    {
        OfferedCodec codec = agreed.Codec;
        string channels = codec.Channels > 1 ? $"/{codec.Channels}" : "";
        Line($"a=rtpmap:{codec.PayloadType} {agreed.House.Name}/{codec.ClockRate}{channels}");
        if (codec.Parameters.Length > 0)
            Line($"a=fmtp:{codec.PayloadType} {codec.Parameters}");
        foreach (string feedback in agreed.Feedback)
            Line($"a=rtcp-fb:{codec.PayloadType} {feedback}");
        if (agreed.Rtx is not { } rtx)
            return;
        Line($"a=rtpmap:{rtx} rtx/{codec.ClockRate}");
        Line($"a=fmtp:{rtx} apt={codec.PayloadType}");
    }

    private void WriteLayers(AnswerLine.Uplink line)
    {
        foreach (string rid in line.Rids)
            Line($"a=rid:{rid} recv");
        if (line.Offered.HasSimulcast)
            Line($"a=simulcast:recv {string.Join(';', line.Rids)}");
    }

    private void WriteSlot(AnswerLine.Downlink line)
    {
        AnswerSlot slot = line.Slot;
        bool hasRtx = line.Codecs.Any(c => c.Rtx is not null);
        Line($"a=msid:{slot.Stream} {slot.Stream}-{line.Offered.Media.Kind}");
        if (hasRtx)
            Line($"a=ssrc-group:FID {slot.Ssrc} {slot.RtxSsrc}");
        Line($"a=ssrc:{slot.Ssrc} cname:{slot.Stream}");
        if (hasRtx)
            Line($"a=ssrc:{slot.RtxSsrc} cname:{slot.Stream}");
    }

    private static string DirectionOf(AnswerLine line) => line switch
    {
        AnswerLine.Uplink => "recvonly",
        AnswerLine.Downlink => "sendonly",
        _ => "inactive",
    };

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
}
