using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Domains;

/// <summary>How a domain stands. The numbers are stored.</summary>
public enum DomainStanding
{
    /// <summary>There is none by the name, or only one that settings name.</summary>
    None = 0,

    Open = 1,

    /// <summary>It is served no more, and what is in it is being removed.</summary>
    Removing = 2,
}

/// <summary>A domain as it stands after one of its events: what nodes are told, and what they find in the store.</summary>
/// <param name="Domain">Which.</param>
/// <param name="Standing">Whether it is there.</param>
/// <param name="Rules">What holds in it; <see cref="DomainRules.None"/> where it is not there.</param>
/// <param name="Version">The number of that event. A domain that is removed and made again goes on counting.</param>
[MessagePackObject]
public sealed record DomainRecord(
    [property: Key(0)] Domain Domain,
    [property: Key(1)] DomainStanding Standing,
    [property: Key(2)] DomainRules Rules,
    [property: Key(3)] long Version) : IWireMessage;
