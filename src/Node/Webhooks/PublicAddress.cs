using System.Net;

namespace Conference.Node.Webhooks;

/// <summary>
/// Which addresses are somebody's on the internet, by IANA's registries of special addresses: a customer's URL must not make a node ask its own neighbours.
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] _special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Tunnels hold an IPv4 address that may be anybody's: Teredo and others of 2001::/23, 6to4. Then what is for documents.
            "2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork _global = IPNetwork.Parse("2000::/3");

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (plain.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork || _global.Contains(plain)) && !Array.Exists(_special, n => n.Contains(plain));
    }
}
