using System.Net;

namespace Conference.Protocol.Addresses;

/// <summary>
/// Which hosts behind an <c>@</c> mean this service: the domains the operator named, <c>localhost</c>, and this machine's
/// own addresses, loopback included. <c>*</c> serves whatever a client says. Names are global: <c>joe@</c> any served host is one joe.
/// </summary>
public sealed class ServedHosts
{
    private readonly HashSet<string> _domains;
    private readonly HashSet<IPAddress> _addresses;
    private readonly bool _everything;

    /// <param name="domains">Domains and addresses, or <c>*</c>.</param>
    /// <param name="addresses">This machine's own addresses.</param>
    public ServedHosts(IEnumerable<string> domains, IEnumerable<IPAddress> addresses)
    {
        _domains = new HashSet<string>(domains, StringComparer.OrdinalIgnoreCase) { "localhost" };
        _addresses = [.. addresses.Select(Plain)];
        _everything = _domains.Contains("*");
    }

    /// <param name="host">A domain, an IPv4 address, or an IPv6 address bare or in brackets.</param>
    public bool Serves(string host) =>
        _everything || _domains.Contains(host.TrimEnd('.'))
        || (TryParseAddress(host, out var address) && (IPAddress.IsLoopback(address) || _addresses.Contains(address) || _domains.Contains(address.ToString())));

    /// <summary>The forms an address may take behind an <c>@</c>; "127.1" and "0x7f000001" are not among them.</summary>
    public static bool TryParseAddress(string host, out IPAddress address)
    {
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        string bare = bracketed ? host[1..^1] : host;
        bool parsed = IPAddress.TryParse(bare, out var found)
            && !bare.Contains('%', StringComparison.Ordinal) && !bare.Contains('[', StringComparison.Ordinal)
            && (bare.Contains(':', StringComparison.Ordinal)
                || (!bracketed && bare.Count(c => c == '.') == 3 && found.ToString() == bare));
        address = parsed ? Plain(found!) : IPAddress.None;
        return parsed;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
