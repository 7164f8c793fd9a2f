using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Conference.Node.Settings;

/// <summary>The addresses of this machine.</summary>
internal static class OwnAddresses
{
    /// <summary>All of them, loopback included, link-local ones without their interface: a client never says it.</summary>
    public static IEnumerable<IPAddress> All() =>
        from unicast in NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
        let address = unicast.Address
        select address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    public static bool Contains(IPAddress address) => IPAddress.IsLoopback(address) || All().Contains(address);

    /// <summary>The first that others can reach, IPv4 before IPv6; loopback where there is none.</summary>
    public static IPAddress First() =>
        All().Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
            .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .FirstOrDefault(IPAddress.Loopback);
}
