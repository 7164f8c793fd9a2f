using System.Collections.Immutable;
using System.Globalization;

namespace Conference.Protocol.Session;

/// <summary>
/// The qualities in which a client sends the same picture: <c>layers = "none" / layer 1*7( "," layer )</c>,
/// <c>layer = SSRC ":" kbit/s</c>, as in <c>1111:150,2222:500,3333:1500</c>. SSRCs are decimal, all different.
/// </summary>
public sealed class SimulcastLayers : IEquatable<SimulcastLayers>
{
    public const int Fewest = 2;
    public const int Most = 8;
    private const string NoneText = "none";

    private SimulcastLayers(ImmutableArray<(uint Ssrc, int Kilobits)> all) => All = all;

    public static SimulcastLayers None { get; } = new([]);

    /// <summary>As the client ordered them; kilobits are kbit/s.</summary>
    public ImmutableArray<(uint Ssrc, int Kilobits)> All { get; }

    /// <param name="all">Two to eight, of different SSRCs, the bit rates within <see cref="ServiceParameters.MaxBitrate"/>.</param>
    public static SimulcastLayers Of(ImmutableArray<(uint Ssrc, int Kilobits)> all) => new(all);

    /// <returns>Null for what is no such list.</returns>
    public static SimulcastLayers? Parse(string text)
    {
        if (text.Equals(NoneText, StringComparison.OrdinalIgnoreCase))
            return None;
        string[] parts = text.Split(',');
        if (parts.Length is < Fewest or > Most)
            return null;
        var layers = ImmutableArray.CreateBuilder<(uint Ssrc, int Kilobits)>(parts.Length);
        foreach (string part in parts)
        {
            if (ParseLayer(part) is not { } layer || layers.Any(l => l.Ssrc == layer.Ssrc))
                return null;
            layers.Add(layer);
        }

        return new SimulcastLayers(layers.MoveToImmutable());
    }

    public bool Equals(SimulcastLayers? other) => other is not null && All.SequenceEqual(other.All);

    public override bool Equals(object? obj) => Equals(obj as SimulcastLayers);

    public override int GetHashCode() => All.Aggregate(0, HashCode.Combine);

    public override string ToString() => All.IsEmpty
        ? NoneText
        : string.Join(',', All.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Ssrc}:{l.Kilobits}")));

    private static (uint Ssrc, int Kilobits)? ParseLayer(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && uint.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out uint ssrc)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int kilobits)
            && kilobits is >= 1 and <= ServiceParameters.MaxBitrate
                ? (ssrc, kilobits)
                : null;
    }
}
