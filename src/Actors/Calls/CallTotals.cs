using System.Collections.Immutable;
using MessagePack;

namespace Conference.Actors.Calls;

/// <summary>What went through one member's ports.</summary>
/// <param name="Services">Every service it had.</param>
/// <param name="BytesIn">From the member.</param>
/// <param name="BytesOut">To the member.</param>
/// <param name="PacketsIn">From the member.</param>
/// <param name="PacketsOut">To the member.</param>
[MessagePackObject]
public sealed record CallTotals(
    [property: Key(0)] ImmutableArray<string> Services,
    [property: Key(1)] long BytesIn,
    [property: Key(2)] long BytesOut,
    [property: Key(3)] long PacketsIn,
    [property: Key(4)] long PacketsOut)
{
    public static CallTotals None { get; } = new([], 0, 0, 0, 0);

    public CallTotals Plus(CallTotals other) => new(
        [.. Services, .. other.Services.Except(Services)],
        BytesIn + other.BytesIn, BytesOut + other.BytesOut, PacketsIn + other.PacketsIn, PacketsOut + other.PacketsOut);

    public bool Equals(CallTotals? other) => other is not null && Services.SequenceEqual(other.Services)
        && (BytesIn, BytesOut, PacketsIn, PacketsOut) == (other.BytesIn, other.BytesOut, other.PacketsIn, other.PacketsOut);

    public override int GetHashCode() => HashCode.Combine(BytesIn, BytesOut, PacketsIn, PacketsOut, Services.Length);
}
