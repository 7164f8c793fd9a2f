using Conference.Protocol.Session;

namespace Conference.Protocol.Addresses;

/// <summary>The domains of the service, as a node knows them now. Safe from any thread; nothing here waits.</summary>
public interface IDomains
{
    /// <summary>Whose a host behind an <c>@</c> is.</summary>
    /// <param name="host">A domain in any of its forms, another name for one, an IPv4 address, or an IPv6 address bare or in brackets.</param>
    /// <returns>Null for a host that is not served.</returns>
    Domain? Find(string host);

    /// <summary>It exists, and is not being removed. The default domain always does.</summary>
    bool Has(Domain domain);

    /// <summary>What holds in a domain; <see cref="DomainRules.None"/> where nothing was said.</summary>
    DomainRules RulesOf(Domain domain);
}
