using System.Buffers.Binary;

namespace Conference.Protocol.Rtp;

/// <summary>The chunks of a source description, one after the other; one that does not fit is the last.</summary>
/// <remarks>
/// RFC 3550 section 6.5: <code>| SSRC | type | length | text | type | ... | zeros, at least one, up to the next word |</code>
/// </remarks>
/// <param name="packet">All of the RTCP packet, whole words.</param>
public ref struct SdesChunks(ReadOnlySpan<byte> packet)
{
    private readonly ReadOnlySpan<byte> _packet = packet;
    private int _left = packet[0] & 0x1F;
    private int _next = 4;

    /// <summary>Where in the packet the chunk begins, with its SSRC.</summary>
    public int Offset { get; private set; }

    /// <summary>Type, length, text; each is whole. None where the chunk does not fit.</summary>
    public ReadOnlySpan<byte> Items { get; private set; }

    public readonly uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_packet[Offset..]);

    public bool MoveNext()
    {
        if (_left == 0 || _next + 4 > _packet.Length)
            return false;
        _left--;
        Offset = _next;
        int end = Offset + 4;
        while (end + 1 < _packet.Length && _packet[end] != 0)
            end += 2 + _packet[end + 1];
        bool isWhole = end < _packet.Length && _packet[end] == 0;
        Items = isWhole ? _packet[(Offset + 4)..end] : [];
        _next = isWhole ? (end / 4 + 1) * 4 : _packet.Length;
        return true;
    }
}
