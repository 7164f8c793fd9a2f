using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Sessions.Limits;

/// <summary>What one subscriber has: an IPv4 address, or the /64 of an IPv6 one.</summary>
public readonly record struct AddressBlock
{
    private readonly bool _isV6;
    private readonly ulong _bits;

    private AddressBlock(bool isV6, ulong bits) => (_isV6, _bits) = (isV6, bits);

    public static AddressBlock Of(IPAddress address)
    {
        address = address.Plain();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressBlock(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new AddressBlock(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
