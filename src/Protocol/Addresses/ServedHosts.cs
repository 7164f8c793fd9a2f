using System.Net;

namespace Conference.Protocol.Addresses;

/// <summary>
/// Which hosts behind an <c>@</c> mean this service: the domains the operator named, <c>localhost</c>, and this machine's
/// own addresses, loopback included. <c>*</c> serves whatever a client says. Names are global: <c>joe@</c> any served host is one joe.
/// </summary>
public sealed class ServedHosts
{
    /// <summary>The longest host there is, in characters: a domain of 253 and its closing dot, rounded up.</summary>
    public const int MaxLength = 255;

    private readonly HashSet<string> _domains;
    private readonly HashSet<IPAddress> _addresses;
    private readonly bool _everything;

    /// <param name="domains">Domains and addresses, or <c>*</c>.</param>
    /// <param name="addresses">This machine's own addresses.</param>
    public ServedHosts(IEnumerable<string> domains, IEnumerable<IPAddress> addresses)
    {
        _domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "localhost" };
        _addresses = [.. addresses.Select(a => a.Plain())];
        foreach (string domain in domains)
        {
            if (TryParseAddress(domain, out var address))
                _addresses.Add(address);
            else
                _domains.Add(WithoutClosingDot(domain));
        }

        _everything = _domains.Contains("*");
    }

    /// <param name="host">A domain, an IPv4 address, or an IPv6 address bare or in brackets.</param>
    public bool Serves(string host) =>
        host.Length <= MaxLength
        && (_everything || _domains.Contains(WithoutClosingDot(host))
            || (TryParseAddress(host, out var address) && (IPAddress.IsLoopback(address) || _addresses.Contains(address))));

    /// <summary>The forms an address may take behind an <c>@</c>; "127.1" and "0x7f000001" are not among them.</summary>
    public static bool TryParseAddress(string host, out IPAddress address)
    {
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        string bare = bracketed ? host[1..^1] : host;
        bool parsed = IPAddress.TryParse(bare, out var found)
            && !bare.Contains('%', StringComparison.Ordinal) && !bare.Contains('[', StringComparison.Ordinal)
            && (bare.Contains(':', StringComparison.Ordinal)
                || (!bracketed && bare.Count(c => c == '.') == 3 && found.ToString() == bare));
        address = parsed ? found!.Plain() : IPAddress.None;
        return parsed;
    }

    // "example.org." is "example.org" said in full.
    private static string WithoutClosingDot(string host) => host.EndsWith('.') ? host[..^1] : host;
}
