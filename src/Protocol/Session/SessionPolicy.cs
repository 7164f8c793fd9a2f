using System.Collections.Immutable;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Session;

/// <summary>What holds for every session of a node.</summary>
/// <param name="Domains">Which hosts mean this service, and which of its domains.</param>
/// <param name="AuthenticationRequired">Guests may look but not join, speak or list, where a domain says nothing else.</param>
public sealed record SessionPolicy(IDomains Domains, bool AuthenticationRequired)
{
    /// <summary>Guests may look but not join, speak or list.</summary>
    public bool RequiresSignIn(Domain domain) => Domains.RulesOf(domain).SignInRequired ?? AuthenticationRequired;

    /// <summary>A session's ports may follow it to another address.</summary>
    public bool Roaming { get; init; } = true;

    /// <summary>Errors in a row that end a session.</summary>
    public const int MaxErrors = 20;

    /// <summary>CONNs one session may hold.</summary>
    public const int MaxConnections = 64;

    /// <summary>Recording members one session remembers; of more it is told only when they begin.</summary>
    public const int MaxRecorders = 64;

    /// <summary>Commands that may wait for their turn; whoever feeds the machine stops there.</summary>
    public const int MaxPending = 32;
}

/// <summary>What a session may rely on about the connection it lives on. A connection that starts TLS becomes another session.</summary>
/// <param name="IsEncrypted">Nobody between the client and here reads along.</param>
/// <param name="IsLocal">The client is on this machine: there is nobody between.</param>
/// <param name="CanStartTls">STLS works: there is a certificate, and TLS is not on yet.</param>
public readonly record struct LinkSecurity(bool IsEncrypted, bool IsLocal, bool CanStartTls)
{
    /// <summary>A password may be said.</summary>
    public bool KeepsSecrets => IsEncrypted || IsLocal;
}

/// <summary>What a session may do, as the token it signed in with says. Guests and those who gave a password may do everything, for as long as they stay.</summary>
/// <param name="Rooms">The rooms it may enter, list and speak to; null is all of them.</param>
/// <param name="MayPublish">False: whatever it sends to its media ports is dropped.</param>
/// <param name="Until">When the session ends at the latest; null is never.</param>
public sealed record SessionGrants(ImmutableHashSet<Name>? Rooms, bool MayPublish, DateTimeOffset? Until)
{
    /// <summary>Rooms one token may name.</summary>
    public const int MaxRooms = 64;

    public static SessionGrants Everything { get; } = new(null, true, null);

    public bool Allows(Name room) => Rooms is null || Rooms.Contains(room);

    /// <summary>What a service's parameters come to under these grants.</summary>
    public ServiceParameters Limit(ServiceParameters parameters) => MayPublish ? parameters : parameters with { Muted = true };
}
