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
    /// <param name="domain">In which domain.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    Task<DirectoryPage> ListAsync(DirectoryKind kind, string? after, int limit, Domain domain = default, CancellationToken cancellationToken = default);
}

/// <summary>What the directory lists. The numbers are stored.</summary>
public enum DirectoryKind
{
    User = 1,
    Room = 2,
}

/// <summary>An account or a kept room as it is listed.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">Unique within its kind.</param>
/// <param name="Details">A small JSON object: a room's settings.</param>
public sealed record DirectoryEntry(DirectoryKind Kind, Name Name, string Details = "{}");

/// <param name="Entries">In the order of their names (ordinal).</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record DirectoryPage(IReadOnlyList<DirectoryEntry> Entries, string? Next);

/// <summary>What a persistence id says: <c>room/default/standup</c>, <c>domain/acme.example</c>.</summary>
internal readonly record struct EntityName(string Kind, string Domain, string Name)
{
    /// <exception cref="FormatException">It is none of ours.</exception>
    internal static EntityName Parse(string persistenceId) => persistenceId.Split('/', 3) switch
    {
        [var kind, var domain, var name] => new EntityName(kind, domain, name),
        [var kind, var domain] => new EntityName(kind, domain, ""),
        _ => throw new FormatException("not kind, domain and name"),
    };
}
