using Conference.Media.Rtp;
using Conference.Media.Streams;
using Conference.Media.Trunks;
using Conference.Protocol.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>What goes to other nodes and comes from them.</summary>
internal sealed partial class Forwarder<TSender>
{
    private readonly ushort[] _missed = new ushort[MostMissesPerReport];

    /// <summary>Forwards what a port on another node has sent to the members here, and to nobody else: its own node has sent it to every
    /// other that is to have it.</summary>
    /// <param name="slab">As in <see cref="Forward"/>.</param>
    public void Arrive(TrunkPort from, Span<byte> slab, Span<Datagram> batch, long now)
    {
        ServiceRoutes routes = from.Service.Routes;
        int place = routes.IndexOf(from);
        if (place < 0)
        {
            trunks!.Drop(TrunkDropReason.NoRoute, batch.Length);
            return;
        }

        ref readonly RemoteEntry entry = ref routes.Remote[place];
        if (entry.Muted)
        {
            // On its way when it was muted.
            counters.Drop(DropReason.Muted, batch.Length);
            return;
        }

        batch = Inspect(from, entry.Participant, slab, batch, now);
        if (!batch.IsEmpty)
            Deliver(from, place: -1, entry.Participant, routes, slab, batch, now);
    }

    /// <summary>Takes up what another node asks of a member's sources on behalf of its own members.</summary>
    /// <param name="about">The member's port.</param>
    /// <param name="rtcp">In the numbers that member gives its sources.</param>
    public void Hear(TrunkPeer peer, ClientPort about, Span<byte> slab, Span<byte> rtcp, long now)
    {
        if (about.Service.Routes.OutletTo(peer) is not { } outlet)
        {
            trunks!.Drop(TrunkDropReason.NoRoute);
            return;
        }

        if (!RtcpCompound.TryParse(rtcp, out _))
        {
            trunks!.Drop(TrunkDropReason.Malformed);
            return;
        }

        if (about.Sources.Renumbered > 0)
            RtcpSsrcs.Rewrite(rtcp, about.Sources);
        var sink = new Sink(this, outlet, about, slab, now);
        RtcpIntake.Read(rtcp, ref sink);
    }

    /// <summary>One copy to every other node, in the sender's own numbers: each node keeps its rooms' sources apart itself, and knows
    /// the layers of a picture by the numbers their sender has named.</summary>
    private void SendToNodes(ClientPort from, ServiceRoutes routes, Span<byte> slab, ReadOnlySpan<Datagram> batch, long now)
    {
        foreach (TrunkOutlet to in routes.Outlets)
        {
            if (to.IsFresh && trunks!.Reaches(to))
                Welcome(to, slab, now);
        }

        bool isRenumbered = from.Sources.Renumbered > 0;
        if (isRenumbered)
            TranslateAll(from.Sources, slab, batch);
        foreach (TrunkOutlet to in routes.Outlets)
            trunks!.Send(to, from, slab, batch);
        if (isRenumbered)
            TranslateAll(from.Sources, slab, batch);
    }

    private void SendToNode(TrunkOutlet to, MediaPort from, Span<byte> slab, int length)
    {
        if (from.Sources.Renumbered > 0)
            SourceTable.Translate(from.Sources, DatagramKind.Rtp, Scratch(slab)[..length]);
        trunks!.Send(to, from, slab, Own(slab, length));
    }

    /// <summary>Asks the node of a source for packets that receivers here miss, unless it was just asked.</summary>
    private void AskForMissed(SourceStream source, TrunkPort port, ReadOnlySpan<ushort> missed, Span<byte> slab, long now)
    {
        int count = 0;
        Span<ushort> asked = stackalloc ushort[missed.Length];
        foreach (ushort sequence in missed)
        {
            if (port.Asked.Spend(source.Shown, sequence, now))
                asked[count++] = sequence;
        }

        if (count == 0)
            return;
        SourceTable table = port.Service.Sources;
        int length = RtcpWriter.WriteNack(Scratch(slab), table.OwnSsrc, port.Sources.Map(source.Shown), asked[..count]);
        SendOwn(port, slab, length);
    }

    private static void TranslateAll(PortSources sources, Span<byte> slab, ReadOnlySpan<Datagram> batch)
    {
        foreach (ref readonly Datagram datagram in batch)
            SourceTable.Translate(sources, datagram.Kind, datagram.In(slab));
    }
}
