using System.Net;

namespace Conference.Protocol.Addresses;

/// <summary>Two things that sockets and settings say in two ways.</summary>
public static class AddressExtensions
{
    /// <summary>A socket of both families says <c>::ffff:192.0.2.1</c> of an IPv4 peer: it is <c>192.0.2.1</c>. Others are what they are.</summary>
    public static IPAddress Plain(this IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>Either wildcard, <c>0.0.0.0</c> or <c>::</c>.</summary>
    public static bool IsEvery(this IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
    }
}
