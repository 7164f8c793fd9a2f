using System.Text.RegularExpressions;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Support;

/// <summary>The metrics that docs/operating.md lists; another test holds that list to the code.</summary>
internal static partial class Metrics
{
    /// <summary>Type by name.</summary>
    public static IReadOnlyDictionary<string, string> Documented { get; } = Read();

    /// <summary>It asks for what a node does not have that is alone.</summary>
    public static bool NeedsCluster(string query) => Cluster().IsMatch(query);

    /// <summary>What is wrong with a query: a metric nobody has, or one asked in a way that its type does not allow.</summary>
    /// <param name="query">PromQL.</param>
    /// <param name="recorded">Names that recording rules make.</param>
    public static IEnumerable<string> Mistakes(string query, IReadOnlySet<string> recorded)
    {
        query = Quoted().Replace(query, "\"\"");
        foreach (Match name in Recorded().Matches(query).Where(m => !recorded.Contains(m.Value)))
            yield return $"no rule records {name.Value}";
        var rated = Rated().Matches(query).Select(m => m.Groups["name"].Index).ToHashSet();
        foreach (Match match in Name().Matches(query))
        {
            if (Kind(match.Value) is not { } kind)
                yield return $"no metric {match.Value}";
            else if (kind == "counter" != rated.Contains(match.Index))
                yield return kind == "counter" ? $"{match.Value} is a counter: rate() or increase()" : $"{match.Value} is no counter";
            else if (match.Value.EndsWith("_bucket", StringComparison.Ordinal) && !query.Contains("histogram_quantile(", StringComparison.Ordinal))
                yield return $"{match.Value} without histogram_quantile()";
        }

        if (query.Contains("histogram_quantile(", StringComparison.Ordinal) && !Quantile().IsMatch(query))
            yield return "histogram_quantile() of what is no rate of buckets by le";
    }

    public static IEnumerable<string> NamesIn(string query) => Name().Matches(Quoted().Replace(query, "\"\"")).Select(m => m.Value).Distinct();

    /// <summary>The series of a histogram are counters.</summary>
    private static string? Kind(string name)
    {
        if (Documented.TryGetValue(name, out string? kind))
            return kind == "histogram" ? null : kind;
        int end = name.LastIndexOf('_');
        return name[(end + 1)..] is "bucket" or "sum" or "count" && Documented.GetValueOrDefault(name[..end]) == "histogram" ? "counter" : null;
    }

    private static Dictionary<string, string> Read()
    {
        string page = File.ReadAllText(RepositoryRoot.File("docs", "operating.md"));
        var listed = from row in page.Split('\n')
                     where row.StartsWith("| `conference_", StringComparison.Ordinal)
                     let cells = row.Split('|')
                     from name in Name().Matches(cells[1]).Select(m => m.Value)
                     select (name, Kind: cells[2].Trim());
        return listed.ToDictionary(m => m.name, m => m.Kind);
    }

    [GeneratedRegex(@"\bconference_[a-z0-9_]+\b(?!:)")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b\w+:\w+:\w+\b")]
    private static partial Regex Recorded();

    [GeneratedRegex(@"\b(rate|increase)\((?<name>conference_[a-z0-9_]+)(\{[^}]*\})?\[")]
    private static partial Regex Rated();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"histogram_quantile\(0\.\d+, sum by \((\w+, )?le\) \(rate\(\w+_bucket(\{[^}]*\})?\[[\w$]+\]\)\)\)")]
    private static partial Regex Quantile();

    [GeneratedRegex("conference_cluster_(reachable|round_trip_seconds|may_act|database_connected|certificate_expiry_timestamp_seconds)")]
    private static partial Regex Cluster();
}
