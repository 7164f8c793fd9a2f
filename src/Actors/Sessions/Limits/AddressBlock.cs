using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Conference.Actors.Sessions.Limits;

/// <summary>What one subscriber has: an IPv4 address, or the /64 of an IPv6 one.</summary>
public readonly record struct AddressBlock
{
    private readonly bool _isV6;
    private readonly ulong _bits;

    private AddressBlock(bool isV6, ulong bits) => (_isV6, _bits) = (isV6, bits);

    public static AddressBlock Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressBlock(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new AddressBlock(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
