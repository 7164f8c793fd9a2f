using Conference.Media.Codecs;

namespace Conference.Media.Streams;

/// <summary>What selection must know of one RTP packet. Made once, on the source's loop; it travels with the datagram to
/// whichever loop its receivers are on.</summary>
internal struct PacketFacts
{
    /// <summary>Null for what is no RTP of a believed source.</summary>
    public SourceStream? Source;
    public uint Timestamp;
    public ushort Sequence;
    public bool Marker;

    /// <summary>Where the payload begins in the datagram.</summary>
    public int PayloadAt;
    public FrameFacts Frame;
}
