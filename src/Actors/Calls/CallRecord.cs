using Conference.Protocol.Addresses;

namespace Conference.Actors.Calls;

/// <summary>How a call ended. The numbers are stored.</summary>
public enum CallEnd
{
    /// <summary>It goes on.</summary>
    Open = 0,

    /// <summary>Its member left, by DCON or QUIT.</summary>
    Left = 1,

    /// <summary>Its connection was lost or said nothing for too long.</summary>
    Lost = 2,

    /// <summary>An operator put the member out, or closed the room.</summary>
    PutOut = 3,

    /// <summary>Its node stopped or died; closed later, with what was known.</summary>
    NodeGone = 4,
}

/// <summary>One member's stay in a room, to bill from. Times are kept to the microsecond.</summary>
public sealed record CallRecord
{
    public required Guid Id { get; init; }

    public required Name Room { get; init; }

    public required Name User { get; init; }

    /// <summary>The member's session.</summary>
    public required long Session { get; init; }

    /// <summary>Every service it had, in the order it took them.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    public required string Node { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Null while it goes on.</summary>
    public DateTimeOffset? Ended { get; init; }

    public CallEnd End { get; init; }

    /// <summary>From the member.</summary>
    public long BytesIn { get; init; }

    /// <summary>To the member.</summary>
    public long BytesOut { get; init; }

    public long PacketsIn { get; init; }

    public long PacketsOut { get; init; }
}
