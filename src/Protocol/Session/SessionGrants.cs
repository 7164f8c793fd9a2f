using System.Collections.Immutable;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Session;

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
