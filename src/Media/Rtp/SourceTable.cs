using Conference.Media.Layers;
using Conference.Media.Streams;
using Conference.Protocol.Rtp;

namespace Conference.Media.Rtp;

/// <summary>What a datagram turned out to be.</summary>
internal enum DatagramKind : byte
{
    /// <summary>Not RTP: passes byte for byte.</summary>
    Opaque,

    /// <summary>RTP by its looks, under a number that no other port has.</summary>
    Rtp,

    /// <summary>A whole RTCP compound.</summary>
    Rtcp,
}

/// <summary>
/// The RTP sources of one room and service, kept apart: no two ports show the others the same SSRC. Used by one thread.
/// </summary>
/// <remarks>
/// An SSRC belongs to the port whose packet bears it first. A packet of another port that bears it is shown under a new number, the same for as
/// long as that port lives. A source is believed after two packets whose sequence numbers advance (RFC 3550 appendix A.1): only then is
/// anything but its number known of it. A source that finds no place among its port's is still kept apart, and nothing else is known of it.
/// </remarks>
/// <param name="random">Where new SSRCs come from.</param>
internal sealed class SourceTable(Random random)
{
    /// <summary>The largest step between two packets that still counts as advancing; chance alone passes once in 4,096.</summary>
    private const int MaxStep = 16;

    /// <summary>A single packet keeps its number from others for so long.</summary>
    private const long Probation = Clock.Second;

    // By the number shown to the others.
    private readonly Dictionary<uint, PortSources> _owners = [];

    /// <summary>Packets of sources that found no place among those of their port, since start.</summary>
    public long Refused { get; private set; }

    /// <summary>True once some port's source has been shown under another number, so that receivers need a look.</summary>
    public bool AnyRenumbered { get; private set; }

    /// <summary>The number this server itself uses in RTCP.</summary>
    public uint OwnSsrc { get; } = (uint)random.NextInt64(1, 1L << 32);

    /// <summary>Looks at a datagram that <paramref name="port"/> sent, and rewrites the SSRCs in it that are renumbered.</summary>
    /// <param name="named">The sources its sender has named, which need not prove themselves; or null.</param>
    /// <param name="now">Microseconds, see <see cref="Clock"/>.</param>
    /// <param name="packet">The packet, where it is RTP.</param>
    /// <param name="index">Its source's place in <paramref name="port"/>, believed or not; -1 where it has none.</param>
    public DatagramKind Inspect(PortSources port, Span<byte> datagram, SimulcastGroup? named, long now, out RtpPacket packet, out int index)
    {
        index = -1;
        if (RtpPacket.TryParse(datagram, out packet))
            return InspectRtp(port, datagram, packet, named is not null && named.IndexOf(packet.Ssrc) >= 0, now, out index);
        return InspectRtcp(port, datagram) ? DatagramKind.Rtcp : DatagramKind.Opaque;
    }

    /// <summary>The same for what may be RTCP only.</summary>
    public static bool InspectRtcp(PortSources port, Span<byte> datagram)
    {
        if (!RtcpCompound.TryParse(datagram, out _))
            return false;
        if (port.Renumbered > 0)
            RtcpSsrcs.Rewrite(datagram, port);
        return true;
    }

    /// <summary>Puts a datagram into the receiver's numbers; a second call takes it back. For receivers that have renumbered sources.</summary>
    public static void Translate(PortSources receiver, DatagramKind kind, Span<byte> datagram)
    {
        if (kind == DatagramKind.Rtp)
            RtpPacket.WriteSsrc(datagram, receiver.Map(RtpPacket.ReadSsrc(datagram)));
        else if (kind == DatagramKind.Rtcp)
            RtcpSsrcs.Rewrite(datagram, receiver);
    }

    /// <summary>A source has said goodbye: it is the first to give up its place. Should it go on all the same, it is alive again.</summary>
    public static void Leave(PortSources port, uint shown, long now)
    {
        int index = port.IndexOfShown(shown);
        if (index < 0)
            return;
        ref PortSources.Source source = ref port.All[index];
        source.LastHeard = now - PortSources.Silence;
        source.Stream?.Leave();
    }

    /// <summary>Forgets a port that has closed; its numbers are free again.</summary>
    public void Remove(PortSources port)
    {
        foreach (ref readonly PortSources.Source source in port.All)
            Release(port, source.Shown);
        if (port.Unplaced is { } unplaced)
        {
            foreach (uint number in unplaced.All)
                Release(port, number);
        }

        port.Clear();
    }

    /// <summary>The believed source the room knows by this number.</summary>
    public SourceStream? StreamOf(uint shown) =>
        _owners.TryGetValue(shown, out PortSources? owner) && owner.IndexOfShown(shown) is >= 0 and int index ? owner.All[index].Stream : null;

    /// <summary>True for a number that belongs to another port than <paramref name="port"/>.</summary>
    public bool IsForeign(PortSources port, uint shown) => _owners.TryGetValue(shown, out PortSources? owner) && owner != port;

    /// <summary>All that are believed now.</summary>
    public IEnumerable<SourceStream> Streams() => _owners.Values.Distinct().SelectMany(o => o.Streams());

    private DatagramKind InspectRtp(PortSources port, Span<byte> datagram, in RtpPacket packet, bool isNamed, long now, out int index)
    {
        uint ssrc = packet.Ssrc;
        index = port.IndexOf(ssrc);
        if (index < 0)
        {
            index = Admit(port, packet, isNamed, now);
            if (index < 0)
                return PassUnplaced(port, datagram, ssrc);
        }
        else if (!port.All[index].IsBelieved)
        {
            Probe(ref port.All[index], packet.Sequence);
        }

        ref PortSources.Source source = ref port.All[index];
        source.LastHeard = now;
        if (source.Shown != ssrc)
            RtpPacket.WriteSsrc(datagram, source.Shown);
        return DatagramKind.Rtp;
    }

    /// <summary>Finds a place for a new source; -1 when there is none, or the number is one that the port's own sources are shown under.</summary>
    private int Admit(PortSources port, in RtpPacket packet, bool isNamed, long now)
    {
        if (port.IndexOfShown(packet.Ssrc) >= 0)
            return -1;
        if (port.Count == PortSources.Capacity && !TryFreePlace(port, now))
        {
            Refused++;
            return -1;
        }

        bool isTaken = IsForeign(port, packet.Ssrc) && !TryReclaim(packet.Ssrc, now);
        uint shown = isTaken ? OtherNumber(port, packet.Ssrc) : packet.Ssrc;
        _owners[shown] = port;
        int index = port.Add(packet.Ssrc, shown, packet.Sequence, now);
        // Chance hits upon nobody's number.
        port.All[index].IsBelieved = isNamed || isTaken;
        return index;
    }

    /// <summary>Takes a number back from what was never believed and is silent again.</summary>
    private bool TryReclaim(uint shown, long now)
    {
        PortSources owner = _owners[shown];
        int index = owner.IndexOfShown(shown);
        if (index < 0 || owner.All[index].IsBelieved || now - owner.All[index].LastHeard < Probation)
            return false;
        Forget(owner, index);
        return true;
    }

    private bool TryFreePlace(PortSources port, long now)
    {
        int index = port.FindReplaceable(now);
        if (index < 0)
            return false;
        Forget(port, index);
        return true;
    }

    private void Forget(PortSources port, int index)
    {
        uint shown = port.All[index].Shown;
        port.RemoveAt(index);
        Release(port, shown);
    }

    private DatagramKind PassUnplaced(PortSources port, Span<byte> datagram, uint ssrc)
    {
        if (!_owners.TryGetValue(ssrc, out PortSources? owner))
            Claim(port, ssrc);
        else if (owner != port)
            RtpPacket.WriteSsrc(datagram, OtherNumber(port, ssrc));
        else if (port.IndexOfShown(ssrc) >= 0)
            // The port sends the very number one of its sources is shown under: to translate it could not be undone.
            return DatagramKind.Opaque;
        return DatagramKind.Rtp;
    }

    private void Claim(PortSources port, uint ssrc)
    {
        _owners.Add(ssrc, port);
        port.Unplaced ??= new UnplacedNumbers();
        // One that was forgotten may have found a place by now.
        if (port.Unplaced.Add(ssrc, out uint forgotten) && port.IndexOfShown(forgotten) < 0)
            Release(port, forgotten);
    }

    private void Release(PortSources port, uint shown)
    {
        if (_owners.TryGetValue(shown, out PortSources? owner) && owner == port)
            _owners.Remove(shown);
    }

    private static void Probe(ref PortSources.Source source, ushort sequence)
    {
        int step = (ushort)(sequence - source.LastSequence);
        source.LastSequence = sequence;
        source.IsBelieved = step is not 0 and <= MaxStep;
    }

    /// <summary>What an SSRC that another port has is shown as: the same every time while that is free, so that a source that loses its place
    /// and finds one again keeps its number.</summary>
    private uint OtherNumber(PortSources port, uint ssrc)
    {
        AnyRenumbered = true;
        if (port.Salt == 0)
            port.Salt = (uint)random.NextInt64(1, 1L << 32);
        uint shown = ssrc ^ port.Salt;
        // The next of a sequence that comes by every number there is.
        while (shown == OwnSsrc || _owners.ContainsKey(shown) || port.IndexOf(shown) >= 0)
            shown = (shown * 1_664_525) + 1_013_904_223;
        return shown;
    }
}
