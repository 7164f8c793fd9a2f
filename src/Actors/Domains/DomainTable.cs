using System.Collections.Immutable;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Domains;

/// <summary>
/// All domains, as this node knows them: those that its settings name, and those that were made. Safe from any thread; a lookup takes no lock. Only
/// <see cref="Cluster.NodeActor"/> takes what is new while clients are there: it ends the sessions of a domain that goes.
/// </summary>
/// <param name="hosts">What settings say.</param>
public sealed class DomainTable(ServedHosts hosts) : IDomains
{
    private ImmutableDictionary<Domain, DomainRecord> _records = ImmutableDictionary<Domain, DomainRecord>.Empty;

    /// <summary>Those that are served, the default domain among them, in the ordinal order of their names.</summary>
    public IEnumerable<Domain> All => Volatile.Read(ref _records).Keys.Concat(hosts.Domains).Append(Domain.Default).Distinct().Where(Has)
        .OrderBy(d => d.ToString(), StringComparer.Ordinal);

    /// <summary>Those whose removal is not over.</summary>
    public IEnumerable<Domain> Removing => Volatile.Read(ref _records).Values.Where(r => r.Standing == DomainStanding.Removing).Select(r => r.Domain);

    public Domain? Find(string host)
    {
        if (hosts.DomainOf(host) is { } domain)
        {
            if (Has(domain))
                return domain;
            // Nobody else's while it is on its way out.
            if (RecordOf(domain)?.Standing == DomainStanding.Removing)
                return null;
        }

        return hosts.ServesEverything && host.Length <= ServedHosts.MaxLength ? Domain.Default : null;
    }

    public bool Has(Domain domain) => domain.IsDefault || (RecordOf(domain)?.Standing ?? DomainStanding.None) switch
    {
        DomainStanding.Open => true,
        DomainStanding.Removing => false,
        _ => hosts.Has(domain),
    };

    public DomainRules RulesOf(Domain domain) => RecordOf(domain) is { Standing: DomainStanding.Open } record ? record.Rules : DomainRules.None;

    /// <summary>Settings name it, so that it is there whatever is made or removed.</summary>
    public bool IsNamed(Domain domain) => hosts.Has(domain);

    /// <summary>The domain a word of an operator means, whether or not it is there: its name, another name for it, or <see cref="Domain.DefaultWord"/>.</summary>
    /// <returns>Null for what is no domain, and for addresses.</returns>
    public Domain? Named(string text)
    {
        if (text == Domain.DefaultWord)
            return Domain.Default;
        return ServedHosts.TryParseAddress(text, out _) ? null : hosts.DomainOf(text);
    }

    /// <summary>Null for one that was never made.</summary>
    public DomainRecord? RecordOf(Domain domain) => Volatile.Read(ref _records).GetValueOrDefault(domain);

    /// <summary>How a domain stands now.</summary>
    /// <returns>False where that, or later, was known.</returns>
    public bool Take(DomainRecord record)
    {
        while (true)
        {
            var before = Volatile.Read(ref _records);
            if (before.TryGetValue(record.Domain, out var known) && known.Version >= record.Version)
                return false;
            if (Interlocked.CompareExchange(ref _records, before.SetItem(record.Domain, record), before) == before)
                return true;
        }
    }
}
