using System.Buffers.Binary;
using System.Net;

namespace Conference.Media;

/// <summary>An IP address as a value that hashes and compares without allocating. IPv4 is held as IPv4-mapped IPv6, so that
/// one host is one key whichever kind of socket saw it. The scope of a link-local address is not part of it.</summary>
internal readonly record struct AddressKey(ulong High, ulong Low)
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    public bool IsV4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    public static AddressKey FromV4(uint hostOrder) => new(0, MappedPrefix | hostOrder);

    public static AddressKey FromV6(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public static AddressKey From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4 ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : FromV6(bytes);
    }
}
