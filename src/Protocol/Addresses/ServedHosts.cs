using System.Net;
using Conference.Protocol.Session;

namespace Conference.Protocol.Addresses;

/// <summary>
/// Which hosts behind an <c>@</c> mean this service, and which domain of it, as settings say. The first name the operator gave is the default domain; so are
/// <c>localhost</c> and this machine's own addresses, loopback included. Each other name is a domain of its own, <c>*</c> is whatever a client says, and
/// that is the default domain.
/// </summary>
public sealed class ServedHosts : IDomains
{
    /// <summary>The longest host there is, in characters: a domain of 253 and its closing dot, rounded up.</summary>
    public const int MaxLength = 255;

    private const string EverythingWord = "*";

    /// <summary>Names that mean a domain which is not called so.</summary>
    private readonly Dictionary<Domain, Domain> _names = [];
    private readonly HashSet<Domain> _domains = [];
    private readonly HashSet<IPAddress> _addresses;

    /// <param name="domains">Domains and addresses, or <c>*</c>. The first that is no address is the default domain's.</param>
    /// <param name="addresses">This machine's own addresses.</param>
    /// <param name="aliases">Other names for domains, and which. <c>localhost</c> is the default domain.</param>
    public ServedHosts(IEnumerable<string> domains, IEnumerable<IPAddress> addresses, IEnumerable<KeyValuePair<string, string>>? aliases = null)
    {
        _addresses = [.. addresses.Select(a => a.Plain())];
        bool isFirst = true;
        foreach (string host in domains)
        {
            if (TryParseAddress(host, out var address))
            {
                _addresses.Add(address);
                continue;
            }

            ServesEverything |= host == EverythingWord;
            if (Domain.TryParse(host, out var domain) && isFirst)
                _names[domain] = Domain.Default;
            else if (domain != Domain.Default)
                _domains.Add(domain);
            isFirst = false;
        }

        foreach (var (alias, host) in aliases ?? [])
        {
            if (Domain.TryParse(alias, out var name) && DomainOf(host) is { } domain)
                _names.TryAdd(name, domain);
        }
    }

    /// <summary>Those that are named beside the default domain.</summary>
    public IReadOnlyCollection<Domain> Domains => _domains;

    /// <summary>What is nobody else's is the default domain's.</summary>
    public bool ServesEverything { get; }

    /// <summary>The domain that a host would be of, whether or not there is one.</summary>
    /// <returns>Null for an address of another machine, and for what cannot be a domain.</returns>
    public Domain? DomainOf(string host)
    {
        if (host.Length > MaxLength)
            return null;
        if (TryParseAddress(host, out var address))
            return IPAddress.IsLoopback(address) || _addresses.Contains(address) ? Domain.Default : null;
        if (IsLocalhost(host))
            return Domain.Default;
        if (!Domain.TryParse(host, out var domain))
            return null;
        return _names.TryGetValue(domain, out var named) ? named : domain;
    }

    public Domain? Find(string host)
    {
        if (DomainOf(host) is { } domain && Has(domain))
            return domain;
        return ServesEverything && host.Length <= MaxLength ? Domain.Default : null;
    }

    public bool Has(Domain domain) => domain.IsDefault || _domains.Contains(domain);

    public DomainRules RulesOf(Domain domain) => DomainRules.None;

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

    private static bool IsLocalhost(string host) => (host.EndsWith('.') ? host[..^1] : host).Equals(Domain.Localhost, StringComparison.OrdinalIgnoreCase);
}
