using System.Text.Json.Nodes;
using Conference.Deploy.Tests.Support;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Prometheus;

/// <summary>deploy/prometheus, read.</summary>
internal static class Rules
{
    public static string[] RuleFiles { get; } = FilesIn("rules");

    public static string[] TestFiles { get; } = FilesIn("tests");

    public static IReadOnlyList<JsonNode> Groups { get; } = [.. RuleFiles.SelectMany(GroupsOf)];

    public static IReadOnlyList<JsonNode> Alerts { get; } = [.. Groups.SelectMany(g => g.Each("rules")).Where(r => r.At("alert") is not null)];

    public static IReadOnlySet<string> Recorded { get; } =
        Groups.SelectMany(g => g.Each("rules")).Where(r => r.At("record") is not null).Select(r => r.Text("record")).ToHashSet();

    public static IEnumerable<JsonNode> GroupsOf(string file) => Yaml.Parse(File.ReadAllText(file))[0].Each("groups");

    private static string[] FilesIn(string folder) =>
        [.. Directory.EnumerateFiles(RepositoryRoot.File("deploy", "prometheus", folder), "*.yaml").Order(StringComparer.Ordinal)];
}
