using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Conference.Node.Tests.Metrics;

/// <summary>docs/operating.md lists every metric and every setting there is, and no other.</summary>
public sealed partial class OperatingPageTests
{
    private static readonly string _root = Root();
    private static readonly string _page = File.ReadAllText(Path.Combine(_root, "docs", "operating.md"));

    [Fact]
    public void Every_metric_is_on_the_page_with_its_type_and_no_other_is()
    {
        var registered = new[] { "Node", "Actors" }.SelectMany(Sources).SelectMany(file => Created().Matches(File.ReadAllText(file)))
            .Select(m => $"{m.Groups["name"].Value} {m.Groups["kind"].Value.ToLowerInvariant()}");

        Assert.Equal(registered.Order(StringComparer.Ordinal), Listed().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_setting_is_on_the_page_and_no_other_is()
    {
        var known = Setting().Matches(File.ReadAllText(Path.Combine(_root, "src", "Node", "Settings", "NodeSettings.cs")))
            .Select(m => m.Groups[1].Value).Distinct();
        var listed = Rows("## Settings").SelectMany(row => Quoted().Matches(row.Split('|')[1]).Select(m => m.Groups[1].Value)).Distinct();

        Assert.Equal(known.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Listed() =>
        from row in Rows("## Metrics")
        let cells = row.Split('|')
        from name in Quoted().Matches(cells[1]).Select(m => m.Groups[1].Value.Split('{')[0])
        select $"{name} {cells[2].Trim()}";

    private static IEnumerable<string> Rows(string heading) => _page[(_page.IndexOf(heading, StringComparison.Ordinal) + heading.Length)..]
        .Split("\n## ")[0].Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal));

    private static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(_root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex("""Create(?<kind>Counter|Gauge|Histogram)\(\s*"(?<name>conference_\w+)",""")]
    private static partial Regex Created();

    [GeneratedRegex("\"([A-Z][A-Za-z]+:[A-Z][A-Za-z]+)\"")]
    private static partial Regex Setting();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
