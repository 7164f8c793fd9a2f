using System.Buffers.Binary;
using System.Text;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>
/// What one browser sends, made the room's: each stream under the SSRC its answer has chosen, in the room's payload types, and what was sent again in
/// its place. For one thread, but for <see cref="OwnSsrcOf"/>.
/// </summary>
internal sealed class WebUplink
{
    /// <summary>SSRCs that are looked at: a camera that is turned on again may come by another.</summary>
    private const int MostSsrcs = 64;

    private const int MostAsked = 64;

    private readonly Dictionary<uint, UplinkStream> _bySsrc = [];
    private readonly TransportFeedback _feedback = new();
    private volatile UplinkStream[] _streams = [];
    private WebAgreement? _agreement;
    private WebPayloadTypes _types = new([]);
    private WebHeader _header;

    /// <summary>Takes up what was agreed on. Streams that are in it as before go on.</summary>
    public void Adopt(WebAgreement agreement)
    {
        if (agreement == _agreement)
            return;
        _agreement = agreement;
        _types = new WebPayloadTypes(agreement.UplinkTypes);
        _header = new WebHeader(agreement.Extensions.SendTime, agreement.Extensions.AudioLevel);
        List<UplinkStream> streams = [];
        foreach (WebUplinkLine line in agreement.Uplinks)
        {
            foreach (WebLayer layer in line.Layers)
            {
                UplinkStream stream = Find(layer.Ssrc.Value) is { } known && known.Service == line.Service ? known : new UplinkStream(line.Service, layer.Ssrc.Value);
                streams.Add(stream);
                if (layer.Announced is { } announced)
                    Know(announced.Value, stream, isRtx: false);
                if (layer.AnnouncedRtx is { } rtx)
                    Know(rtx.Value, stream, isRtx: true);
            }
        }

        _streams = [.. streams];
        foreach ((uint ssrc, UplinkStream stream) in _bySsrc)
        {
            if (!streams.Contains(stream))
                _bySsrc.Remove(ssrc);
        }
    }

    /// <summary>The browser's own number of one of its streams, or null.</summary>
    /// <param name="shown">As the room knows it.</param>
    public uint? OwnSsrcOf(uint shown)
    {
        foreach (UplinkStream stream in _streams)
        {
            if (stream.Shown == shown)
                return stream.Own;
        }

        return null;
    }

    /// <summary>The stream the browser sends under an SSRC, or null.</summary>
    public UplinkStream? FindByOwn(uint own) => _bySsrc.TryGetValue(own, out UplinkStream? stream) && stream.Own == own ? stream : null;

    /// <summary>Makes a packet the room's, where it lies.</summary>
    /// <param name="packet">Opened, and whole.</param>
    /// <param name="start">Where in it the room's packet begins.</param>
    /// <returns>Whose it is; null for what the room is not to have: what was sent again and has come already, probes, what nothing was agreed on of.</returns>
    public UplinkStream? Take(Span<byte> packet, long now, out int start)
    {
        start = 0;
        if (_agreement is null || !RtpPacket.TryParse(packet, out RtpPacket rtp))
            return null;
        Note(packet, rtp, now);
        if (!_bySsrc.TryGetValue(rtp.Ssrc, out UplinkStream? stream) && (stream = Learn(packet, rtp)) is null)
            return null;
        if (_types.TryGetOriginal(rtp.PayloadType, out byte original))
        {
            if (!RtxReader.TryReadNumber(packet, rtp, out ushort number) || !stream.Missing.TryFill(number, now))
                return null;
            start = RtxReader.Unwrap(packet, rtp, stream.Shown, original);
            if (!RtpPacket.TryParse(packet[start..], out rtp))
                return null;
        }
        else if (_types.TryGetRtx(rtp.PayloadType, out _))
        {
            stream.Missing.Arrived(rtp.Sequence, now);
        }

        if (!_types.TryToRoom(rtp.PayloadType, out byte type))
            return null;
        start += _header.ToRoom(packet[start..], rtp, type);
        RtpPacket.WriteSsrc(packet[start..], stream.Shown);
        return stream;
    }

    /// <summary>What is to be said to the browser now: when its packets came, or what is missing. Call it until it returns 0.</summary>
    /// <param name="into">At least <see cref="TransportFeedback.MaxBytes"/>.</param>
    /// <param name="own">Who says so.</param>
    /// <returns>The packet's length.</returns>
    public int WriteFeedback(Span<byte> into, uint own, long now)
    {
        UplinkStream[] streams = _streams;
        if (streams.Length == 0)
            return 0;
        if (_feedback.IsDue(now))
            return _feedback.Write(into, own, streams[0].Own ?? streams[0].Shown, now);
        Span<ushort> missing = stackalloc ushort[MostAsked];
        foreach (UplinkStream stream in streams)
        {
            if (stream.Missing.Count > 0 && stream.Own is { } source && stream.Missing.Ask(now, missing) is > 0 and int count)
                return RtcpWriter.WriteNack(into, own, source, missing[..count]);
        }

        return 0;
    }

    private UplinkStream? Find(uint shown) => Array.Find(_streams, s => s.Shown == shown);

    private void Know(uint ssrc, UplinkStream stream, bool isRtx)
    {
        if (_bySsrc.Count >= MostSsrcs && !_bySsrc.ContainsKey(ssrc))
            return;
        _bySsrc[ssrc] = stream;
        if (!isRtx)
            stream.Own = ssrc;
    }

    private void Note(ReadOnlySpan<byte> packet, in RtpPacket rtp, long now)
    {
        int id = _agreement!.Extensions.TransportSequence;
        if (id > 0 && HeaderElements.TryFind(rtp, packet, id, out ReadOnlySpan<byte> number) && number.Length == 2)
            _feedback.Arrived(BinaryPrimitives.ReadUInt16BigEndian(number), now);
    }

    /// <summary>By the first packets of a stream, which name its line and its layer (RFC 8843 section 9.2, RFC 8852).</summary>
    private UplinkStream? Learn(ReadOnlySpan<byte> packet, in RtpPacket rtp)
    {
        if (_bySsrc.Count >= MostSsrcs)
            return null;
        WebExtensionIds ids = _agreement!.Extensions;
        bool isRtx = _types.TryGetOriginal(rtp.PayloadType, out _);
        var elements = new HeaderElements(rtp, packet);
        scoped ReadOnlySpan<byte> mid = default;
        scoped ReadOnlySpan<byte> rid = default;
        while (elements.MoveNext())
        {
            if (elements.Id == ids.Mid)
                mid = elements.Data;
            else if (elements.Id == (isRtx ? ids.RepairedRid : ids.Rid))
                rid = elements.Data;
        }

        foreach (WebUplinkLine line in _agreement.Uplinks)
        {
            // Where there is one line only, nobody need name it.
            if (mid.IsEmpty ? _agreement.Uplinks.Length > 1 : !Is(mid, line.Mid))
                continue;
            foreach (WebLayer layer in line.Layers)
            {
                // Of several layers a packet without a name may be any.
                if (rid.IsEmpty ? line.Layers.Length > 1 : !Is(rid, layer.Rid))
                    continue;
                UplinkStream stream = Find(layer.Ssrc.Value)!;
                Know(rtp.Ssrc, stream, isRtx);
                return stream;
            }
        }

        return null;
    }

    private static bool Is(ReadOnlySpan<byte> bytes, string name) => bytes.Length == name.Length && Encoding.ASCII.GetString(bytes) == name;
}
