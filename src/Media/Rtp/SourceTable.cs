using Conference.Media.Layers;
using Conference.Media.Streams;
using Conference.Protocol.Rtp;

namespace Conference.Media.Rtp;

/// <summary>What a datagram turned out to be.</summary>
internal enum DatagramKind : byte
{
    /// <summary>Not RTP, or not yet known to be: passes byte for byte.</summary>
    Opaque,

    /// <summary>RTP of a source that has proved itself, or that was renumbered.</summary>
    Rtp,

    /// <summary>A whole RTCP compound.</summary>
    Rtcp,
}

/// <summary>
/// The RTP sources of one room and service, kept apart: no two ports show the others the same SSRC. Used by one thread.
/// </summary>
/// <remarks>
/// A source is believed after two packets whose sequence numbers advance (RFC 3550 appendix A.1), and then owns its SSRC.
/// A packet that bears an SSRC owned by another port is given a new one, the same for as long as its port lives. Everything
/// else passes byte for byte, RTP or not.
/// </remarks>
/// <param name="random">Where new SSRCs come from.</param>
internal sealed class SourceTable(Random random)
{
    /// <summary>The largest step between two packets that still counts as advancing; chance alone passes once in 4,096.</summary>
    private const int MaxStep = 16;

    // By the number shown to the others. Only believed sources are here.
    private readonly Dictionary<uint, PortSources> _owners = [];

    /// <summary>Packets of SSRCs beyond a port's capacity since start; they pass untouched.</summary>
    public long Refused { get; private set; }

    /// <summary>True once some port's source has been shown under another number, so that receivers need a look.</summary>
    public bool AnyRenumbered { get; private set; }

    /// <summary>The number this server itself uses in RTCP.</summary>
    public uint OwnSsrc { get; } = (uint)random.NextInt64(1, 1L << 32);

    public DatagramKind Inspect(PortSources port, Span<byte> datagram) => Inspect(port, datagram, null, out _, out _);

    /// <summary>Looks at a datagram that <paramref name="port"/> sent, and rewrites the SSRCs in it that are renumbered.</summary>
    /// <param name="named">The sources its sender has named, which need not prove themselves; or null.</param>
    /// <param name="packet">The packet, where it is RTP.</param>
    /// <param name="index">Its source's place in <paramref name="port"/>, where that is believed; otherwise -1.</param>
    public DatagramKind Inspect(PortSources port, Span<byte> datagram, SimulcastGroup? named, out RtpPacket packet, out int index)
    {
        index = -1;
        if (RtpPacket.TryParse(datagram, out packet))
            return InspectRtp(port, datagram, packet, named is not null && named.IndexOf(packet.Ssrc) >= 0, out index);
        if (!RtcpCompound.TryParse(datagram, out _))
            return DatagramKind.Opaque;
        if (port.Renumbered > 0)
            RtcpSsrcs.Rewrite(datagram, port);
        return DatagramKind.Rtcp;
    }

    /// <summary>Puts a datagram into the receiver's numbers; a second call takes it back. For receivers that have renumbered sources.</summary>
    public static void Translate(PortSources receiver, DatagramKind kind, Span<byte> datagram)
    {
        if (kind == DatagramKind.Rtp)
            RtpPacket.WriteSsrc(datagram, receiver.Map(RtpPacket.ReadSsrc(datagram)));
        else if (kind == DatagramKind.Rtcp)
            RtcpSsrcs.Rewrite(datagram, receiver);
    }

    /// <summary>Forgets a port that has closed; its numbers are free again.</summary>
    public void Remove(PortSources port)
    {
        foreach (ref readonly PortSources.Source source in port.All)
        {
            if (source.Validated && _owners.TryGetValue(source.Shown, out PortSources? owner) && owner == port)
                _owners.Remove(source.Shown);
        }

        port.Clear();
    }

    /// <summary>The believed source the room knows by this number.</summary>
    public SourceStream? StreamOf(uint shown)
    {
        if (!_owners.TryGetValue(shown, out PortSources? owner))
            return null;
        foreach (ref readonly PortSources.Source source in owner.All)
        {
            if (source.Validated && source.Shown == shown)
                return source.Stream;
        }

        return null;
    }

    /// <summary>True for a number that belongs to another port than <paramref name="port"/>.</summary>
    public bool IsForeign(PortSources port, uint shown) => _owners.TryGetValue(shown, out PortSources? owner) && owner != port;

    /// <summary>All that are believed now.</summary>
    public IEnumerable<SourceStream> Streams() => _owners.Values.Distinct().SelectMany(o => o.Streams());

    private DatagramKind InspectRtp(PortSources port, Span<byte> datagram, in RtpPacket packet, bool isNamed, out int believed)
    {
        believed = -1;
        uint ssrc = packet.Ssrc;
        int index = port.IndexOf(ssrc);
        if (index < 0)
        {
            // A port that sends the very number one of its sources is shown under: translating it could not be undone.
            bool owned = _owners.TryGetValue(ssrc, out PortSources? owner);
            if (owner == port)
                return DatagramKind.Opaque;
            if (port.Count == PortSources.Capacity)
                Refused++;
            index = port.Add(ssrc, packet.Sequence);
            if (index < 0)
                return DatagramKind.Opaque;
            if (owned)
                Renumber(port, index);
            else if (isNamed)
                Believe(port, index);
        }
        else if (!port.All[index].Validated)
        {
            Probe(port, index, packet.Sequence);
        }

        ref readonly PortSources.Source source = ref port.All[index];
        if (!source.Validated)
            return DatagramKind.Opaque;
        believed = index;
        if (source.Shown != ssrc)
            RtpPacket.WriteSsrc(datagram, source.Shown);
        return DatagramKind.Rtp;
    }

    private void Probe(PortSources port, int index, ushort sequence)
    {
        ref PortSources.Source source = ref port.All[index];
        if (_owners.ContainsKey(source.Ssrc))
        {
            Renumber(port, index);
            return;
        }

        int step = (ushort)(sequence - source.LastSequence);
        source.LastSequence = sequence;
        if (step is 0 or > MaxStep)
            return;
        Believe(port, index);
    }

    private void Believe(PortSources port, int index)
    {
        ref PortSources.Source source = ref port.All[index];
        source.Validated = true;
        _owners.Add(source.Ssrc, port);
    }

    private void Renumber(PortSources port, int index)
    {
        uint shown;
        do
            shown = (uint)random.NextInt64(1, 1L << 32);
        while (_owners.ContainsKey(shown) || port.IndexOf(shown) >= 0);
        _owners.Add(shown, port);
        port.Renumber(index, shown);
        AnyRenumbered = true;
    }
}
