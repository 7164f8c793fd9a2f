using System.Collections.Frozen;
using System.Globalization;

namespace Conference.Protocol.Text;

/// <summary>
/// What normalisation must know of code points: normalization.txt, which <c>generate</c> makes of the Unicode Character Database 15.0. A line
/// for each code point that has something to tell:
/// <code>
/// line = code " " class " " kind *( " " code )        ; 00C0 0 c 0041 0300
/// kind = "c" / "x" / "k" / "-"    ; canonical; canonical, but never composed again; compatible; no decomposition
/// </code>
/// Hangul syllables are not there: they are computed.
/// </summary>
internal static class NormalizationData
{
    private static readonly FrozenDictionary<int, Entry> _entries = Read().ToFrozenDictionary();

    private static readonly FrozenDictionary<(int, int), int> _composites = _entries
        .Where(e => e.Value is { IsComposed: true, Mapping.Length: 2 })
        .ToFrozenDictionary(e => (e.Value.Mapping[0], e.Value.Mapping[1]), e => e.Key);

    /// <summary>Canonical combining class: 0 for starters.</summary>
    public static int ClassOf(int code) => _entries.TryGetValue(code, out var entry) ? entry.Class : 0;

    /// <summary>One step of decomposition; empty when there is none.</summary>
    /// <param name="code">Of which code point.</param>
    /// <param name="compatibly">False: canonical ones only.</param>
    public static ReadOnlySpan<int> Decompose(int code, bool compatibly) =>
        _entries.TryGetValue(code, out var entry) && (entry.IsCanonical || compatibly) ? entry.Mapping : [];

    /// <summary>The primary composite of two code points, if there is one.</summary>
    public static int? Compose(int first, int second) => _composites.TryGetValue((first, second), out int composite) ? composite : null;

    private static IEnumerable<KeyValuePair<int, Entry>> Read()
    {
        using var resource = typeof(NormalizationData).Assembly.GetManifestResourceStream("normalization.txt")!;
        using var reader = new StreamReader(resource);
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var code, var combining, var kind, .. var mapping])
                yield return KeyValuePair.Create(Code(code), new Entry(byte.Parse(combining, CultureInfo.InvariantCulture), kind, [.. mapping.Select(Code)]));
        }
    }

    private static int Code(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private sealed record Entry(byte Class, string Kind, int[] Mapping)
    {
        public bool IsComposed { get; } = Kind == "c";

        public bool IsCanonical { get; } = Kind is "c" or "x";
    }
}
