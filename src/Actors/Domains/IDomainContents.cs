using Conference.Protocol.Addresses;

namespace Conference.Actors.Domains;

/// <summary>What there is in a domain, as the node provides it.</summary>
public interface IDomainContents
{
    /// <summary>As of all that had been stored when the domain's last event was.</summary>
    /// <param name="domain">In which.</param>
    /// <param name="most">Of each kind, at most so many.</param>
    /// <exception cref="Calls.StoreUnavailableException">The store is away, or lists are too far behind it: ask again.</exception>
    Task<DomainContents> ReadAsync(Domain domain, int most);
}

/// <param name="Accounts">Users who have one.</param>
/// <param name="Rooms">Kept rooms, and rooms in which a call goes on.</param>
public sealed record DomainContents(IReadOnlyList<Name> Accounts, IReadOnlyList<Name> Rooms);

/// <summary>Where nobody keeps lists.</summary>
public sealed class NoContents : IDomainContents
{
    private static readonly DomainContents _nothing = new([], []);

    private NoContents()
    {
    }

    public static NoContents Instance { get; } = new();

    public Task<DomainContents> ReadAsync(Domain domain, int most) => Task.FromResult(_nothing);
}
