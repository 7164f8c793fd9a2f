using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.Extensions.Logging;

namespace Conference.Actors;

/// <summary>What a node gives its users and rooms.</summary>
/// <param name="Guard">Whether they may act.</param>
/// <param name="Store">Whether they need not try to store.</param>
/// <param name="Nodes">Which nodes there are, and how they are reached.</param>
/// <param name="Metrics">Where they count.</param>
/// <param name="Log">For lines that belong to a trace.</param>
public sealed record EntityContext(IActingGuard Guard, IStoreHealth Store, IClusterNodes Nodes, ConferenceMetrics Metrics, ILogger Log)
{
    /// <summary>Which domains there are. Nobody comes into one that is not.</summary>
    public IDomains Domains { get; init; } = EveryDomain.Instance;

    /// <summary>What of them is in use.</summary>
    public DomainUse DomainUse { get; init; } = new(EveryDomain.Instance, TimeProvider.System);
}

/// <summary>Where nobody makes and removes domains: whichever is named is there.</summary>
public sealed class EveryDomain : IDomains
{
    private EveryDomain()
    {
    }

    public static EveryDomain Instance { get; } = new();

    public Domain? Find(string host) => Domain.TryParse(host, out var domain) ? domain : Domain.Default;

    public bool Has(Domain domain) => true;

    public DomainRules RulesOf(Domain domain) => DomainRules.None;
}

/// <summary>
/// Whether the store is known to store. While it is not, entities refuse at once what they would have to read or write for: a database that does not answer
/// would keep whoever asks waiting for its timeout, and Akka's circuit breaker tries one of them every two seconds. Cheap: asked before every write.
/// </summary>
public interface IStoreHealth
{
    bool IsWell { get; }
}

/// <summary>Where nobody looks: the store itself says what it cannot.</summary>
public sealed class AlwaysWell : IStoreHealth
{
    private AlwaysWell()
    {
    }

    public static AlwaysWell Instance { get; } = new();

    public bool IsWell => true;
}
