using Conference.Media.Rtp;
using Conference.Media.Trunks;

namespace Conference.Media.Forwarding;

/// <summary>Sends what this server has written itself, one datagram at a time: reports, requests for keyframes, packets that were lost.</summary>
/// <remarks>It is written behind the slab's datagrams. They and their copies to be sent share their bytes, so none of them is ever overwritten.</remarks>
internal sealed class OwnDatagrams<TSender>(TSender sender, LoopCounters counters, TrunkEnd? trunks)
    where TSender : struct, IBatchSender
{
    private readonly TSender _sender = sender;
    private readonly Datagram[] _one = new Datagram[1];

    /// <summary>Where the next one is written.</summary>
    public static Span<byte> Scratch(Span<byte> slab) => slab[^IBatchSender.ScratchBytes..];

    /// <summary>Sends what has been written into the scratch.</summary>
    public void Send(MediaPort to, Span<byte> slab, int length)
    {
        if (to is TrunkPort elsewhere)
        {
            trunks!.SendFeedback(elsewhere, slab, One(slab, length));
            return;
        }

        // Whoever has gone meanwhile needs it no more.
        int handle = to.Handle;
        if (handle < 0)
            return;
        var tally = default(SendTally);
        _sender.Send(handle, One(slab, length), counters, ref tally);
        to.Counters.Sent(tally);
    }

    /// <summary>Sends a member's packet to another node, in the numbers its sender gave it.</summary>
    public void SendToNode(TrunkOutlet to, MediaPort from, Span<byte> slab, int length)
    {
        if (from.Sources.Renumbered > 0)
            SourceTable.Translate(from.Sources, DatagramKind.Rtp, Scratch(slab)[..length]);
        trunks!.Send(to, from, slab, One(slab, length));
    }

    private ReadOnlySpan<Datagram> One(Span<byte> slab, int length)
    {
        _one[0] = new Datagram(slab.Length - IBatchSender.ScratchBytes, length);
        return _one;
    }
}
