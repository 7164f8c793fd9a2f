using Conference.Protocol.Addresses;

namespace Conference.Actors.Calls;

/// <summary>Which call records. What is null does not matter.</summary>
public sealed record CallQuery
{
    public Name? Room { get; init; }

    public Name? User { get; init; }

    public string? Node { get; init; }

    /// <summary>Started at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Started before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only what has not ended.</summary>
    public bool OnlyOpen { get; init; }

    /// <summary>The <see cref="CallRecordPage.Next"/> of the page before.</summary>
    public string? After { get; init; }

    public int Limit { get; init; } = 100;
}

/// <param name="Records">The latest started first. Records that start later never move a page that was read.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record CallRecordPage(IReadOnlyList<CallRecord> Records, string? Next);
