using Conference.Protocol.Addresses;

namespace Conference.Node.ReadModel;

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
