using Conference.Media.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>One received datagram: where it lies in the loop's slab.</summary>
internal struct Datagram(int offset, int length)
{
    public int Offset = offset;
    public int Length = length;
    public DatagramKind Kind = DatagramKind.Opaque;

    public readonly Span<byte> In(Span<byte> slab) => slab.Slice(Offset, Length);
}
