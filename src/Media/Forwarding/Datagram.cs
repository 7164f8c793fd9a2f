using Conference.Media.Rtp;
using Conference.Media.Selection;

namespace Conference.Media.Forwarding;

/// <summary>One received datagram: where it lies in the loop's slab.</summary>
internal struct Datagram(int offset, int length)
{
    public int Offset = offset;
    public int Length = length;
    public DatagramKind Kind = DatagramKind.Opaque;

    /// <summary>For RTP of a believed source; set on the source's loop.</summary>
    public PacketFacts Facts;

    public readonly Span<byte> In(Span<byte> slab) => slab.Slice(Offset, Length);
}
