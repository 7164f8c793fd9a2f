namespace Conference.Protocol.Rtp;

/// <summary>The elements of a packet's header extension, one after the other; none where it has no extension or one of another form.</summary>
/// <remarks>
/// RFC 8285, profile 0xBEDE: <c>| id, 4 bits | length - 1, 4 bits | data</c>; profile 0x100x: <c>| id | length | data</c>. A zero byte in
/// an id's place is padding; id 15 of the first form ends it. An element that does not fit ends it too.
/// </remarks>
public ref struct HeaderElements
{
    private readonly bool _isTwoByte;
    private ReadOnlySpan<byte> _rest;

    public HeaderElements(in RtpPacket packet, ReadOnlySpan<byte> datagram)
    {
        _isTwoByte = (packet.ExtensionProfile & 0xFFF0) == 0x1000;
        _rest = _isTwoByte || packet.ExtensionProfile == 0xBEDE ? datagram.Slice(packet.ExtensionOffset, packet.ExtensionLength) : [];
    }

    public int Id { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>The first element of an id in a packet.</summary>
    public static bool TryFind(in RtpPacket packet, ReadOnlySpan<byte> datagram, int id, out ReadOnlySpan<byte> data)
    {
        var elements = new HeaderElements(packet, datagram);
        while (elements.MoveNext())
        {
            if (elements.Id != id)
                continue;
            data = elements.Data;
            return true;
        }

        data = default;
        return false;
    }

    public bool MoveNext()
    {
        _rest = _rest.TrimStart((byte)0);
        if (_rest.Length < 2)
            return false;
        Id = _isTwoByte ? _rest[0] : _rest[0] >> 4;
        int length = _isTwoByte ? _rest[1] : (_rest[0] & 0x0F) + 1;
        int at = _isTwoByte ? 2 : 1;
        if ((!_isTwoByte && Id == 15) || _rest.Length < at + length)
            return false;
        Data = _rest.Slice(at, length);
        _rest = _rest[(at + length)..];
        return true;
    }
}
