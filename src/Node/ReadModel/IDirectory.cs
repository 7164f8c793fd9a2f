using Conference.Actors.Calls;
using Conference.Protocol.Addresses;

namespace Conference.Node.ReadModel;

/// <summary>Accounts and kept rooms, listed without waking their actors.</summary>
public interface IDirectory
{
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    Task<DirectoryEntry?> FindAsync(DirectoryKind kind, Name name, CancellationToken cancellationToken = default);

    /// <param name="kind">What to list.</param>
    /// <param name="after">The <see cref="DirectoryPage.Next"/> of the page before; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    Task<DirectoryPage> ListAsync(DirectoryKind kind, string? after, int limit, CancellationToken cancellationToken = default);
}
