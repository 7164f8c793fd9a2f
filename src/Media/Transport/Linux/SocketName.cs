using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Conference.Media.Transport.Linux;

/// <summary>A socket address as the kernel writes it: <c>sockaddr_in</c> or <c>sockaddr_in6</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = MaxLength)]
internal unsafe struct SocketName
{
    public const int V4Length = 16;
    public const int MaxLength = 28;

    [FieldOffset(0)]
    public ushort Family;

    /// <summary>Network byte order, like everything the kernel reads here.</summary>
    [FieldOffset(2)]
    private ushort _port;

    [FieldOffset(4)]
    private uint _v4;

    // sockaddr_in6 has its flow label where sockaddr_in has the address.
    [FieldOffset(8)]
    private fixed byte _v6[16];

    [FieldOffset(24)]
    private uint _scope;

    public readonly int Port => BinaryPrimitives.ReverseEndianness(_port);

    public readonly uint Length => Family == LibC.AF_INET ? (uint)V4Length : MaxLength;

    public readonly AddressKey Address
    {
        get
        {
            if (Family == LibC.AF_INET)
                return AddressKey.FromV4(BinaryPrimitives.ReverseEndianness(_v4));
            fixed (byte* v6 = _v6)
                return AddressKey.FromV6(new ReadOnlySpan<byte>(v6, 16));
        }
    }

    public static SocketName Of(IPAddress address, int port)
    {
        var name = new SocketName { _port = BinaryPrimitives.ReverseEndianness((ushort)port) };
        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
        {
            name.Family = LibC.AF_INET;
            address.TryWriteBytes(MemoryMarshal.AsBytes(new Span<uint>(ref name._v4)), out _);
        }
        else
        {
            name.Family = LibC.AF_INET6;
            name._scope = (uint)address.ScopeId;
            address.TryWriteBytes(new Span<byte>(name._v6, 16), out _);
        }

        return name;
    }

    /// <param name="address">Four bytes.</param>
    public static SocketName V4(byte* address, int port) => new()
    {
        Family = LibC.AF_INET,
        _port = BinaryPrimitives.ReverseEndianness((ushort)port),
        _v4 = *(uint*)address,
    };

    /// <param name="address">Sixteen bytes.</param>
    /// <param name="interfaceIndex">Kept for link-local addresses, which mean nothing without it.</param>
    public static SocketName V6(byte* address, uint interfaceIndex, int port)
    {
        var name = new SocketName { Family = LibC.AF_INET6, _port = BinaryPrimitives.ReverseEndianness((ushort)port) };
        new ReadOnlySpan<byte>(address, 16).CopyTo(new Span<byte>(name._v6, 16));
        bool linkLocal = address[0] == 0xFE && (address[1] & 0xC0) == 0x80;
        name._scope = linkLocal ? interfaceIndex : 0;
        return name;
    }

    /// <summary>Same host and port. The flow label is no part of who somebody is.</summary>
    public static bool Same(SocketName* a, SocketName* b)
    {
        // Family, port and IPv4 address are the first eight bytes.
        if (a->Family == LibC.AF_INET)
            return *(ulong*)a == *(ulong*)b;
        return *(uint*)a == *(uint*)b && *(ulong*)a->_v6 == *(ulong*)b->_v6 && *(ulong*)(a->_v6 + 8) == *(ulong*)(b->_v6 + 8);
    }
}
