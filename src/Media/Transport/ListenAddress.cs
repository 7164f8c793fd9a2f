using System.Net;
using System.Net.Sockets;

namespace Conference.Media.Transport;

/// <summary>Which local address serves a client: either wildcard means all of both families, a specific address just itself.</summary>
internal static class ListenAddress
{
    /// <returns>The address to bind for clients of a family, or null when none of ours can reach them.</returns>
    public static IPAddress? For(IPAddress configured, AddressFamily family)
    {
        if (configured.IsIPv4MappedToIPv6)
            configured = configured.MapToIPv4();
        if (configured.Equals(IPAddress.Any) || configured.Equals(IPAddress.IPv6Any))
            return family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        return configured.AddressFamily == family ? configured : null;
    }

    public static string WrongFamily(IPAddress configured) => $"Media:Address {configured} does not serve clients of the other address family";
}

/// <summary>The two ways to carry datagrams. Both do the same; one is fast.</summary>
internal enum TransportKind
{
    /// <summary>epoll, connected sockets, batches in and out.</summary>
    Linux,

    /// <summary>System.Net.Sockets, anywhere.</summary>
    Portable,
}
