using Conference.Media.Codecs;
using Conference.Media.Streams;
using Conference.Media.Trunks;
using Conference.Protocol.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>Asks senders for keyframes, on behalf of whoever cannot show their pictures otherwise.</summary>
internal sealed class KeyframeRequester<TSender>(OwnDatagrams<TSender> own, LoopCounters counters)
    where TSender : struct, IBatchSender
{
    /// <summary>A member has latched, or another node has come in: everybody's next picture must be one it can begin with.</summary>
    public void Welcome(MediaPort to, Span<byte> slab, long now)
    {
        to.IsFresh = false;
        foreach (SourceStream stream in to.Service.Sources.Streams())
        {
            // Layers are asked for when one is chosen. A node gets from here what members here send.
            if (stream.Port != to && stream.HasKeyframes && !stream.Supply.ComesNow(now) && stream.Group is null && !(to is TrunkOutlet && stream.Port is TrunkPort))
                Wish(stream, slab, now);
        }
    }

    /// <summary>Asks its sender for a keyframe, unless it was just asked.</summary>
    public void Wish(SourceStream source, Span<byte> slab, long now)
    {
        if (!source.IsGone && source.Codec != Codec.Audio && source.Requests.Wish(now))
            Request(source, slab, now);
    }

    /// <summary>An empty receiver report and a picture loss indication, RFC 4585 section 6.3.1, in the sender's own numbers.</summary>
    /// <remarks>To be called on the sender's loop; a receiver on another loop leaves its wish in <see cref="SourceStream.Requests"/>.</remarks>
    public void Request(SourceStream source, Span<byte> slab, long now)
    {
        MediaPort to = source.Port;
        if (to is not TrunkPort && to.Handle < 0)
            return;
        source.Supply.Asked(now);
        uint ssrc = to.Service.Sources.OwnSsrc;
        Span<byte> request = OwnDatagrams<TSender>.Scratch(slab);
        int length = RtcpWriter.WriteReceiverReport(request, ssrc, []);
        length += RtcpWriter.WritePictureLoss(request[length..], ssrc, to.Sources.Map(source.Shown));
        if (to is not TrunkPort)
            counters.KeyframesAsked++;
        own.Send(to, slab, length);
    }
}
