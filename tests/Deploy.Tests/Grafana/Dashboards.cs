using System.Text.Json.Nodes;
using Conference.Deploy.Tests.Support;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Grafana;

/// <param name="Dashboard">Its file's name.</param>
/// <param name="Panel">Its title.</param>
/// <param name="Expression">PromQL with Grafana's variables in it.</param>
internal sealed record DashboardQuery(string Dashboard, string Panel, string Expression)
{
    /// <summary>As Grafana would send it for all nodes.</summary>
    /// <param name="interval">Grafana's: four scrapes.</param>
    public string For(string interval) => Expression
        .Replace("$__rate_interval", interval, StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);

    public override string ToString() => $"{Dashboard}, {Panel}: {Expression}";
}

/// <summary>deploy/grafana, read.</summary>
internal static class Dashboards
{
    public static string Folder { get; } = RepositoryRoot.File("deploy", "grafana");

    public static IReadOnlyDictionary<string, JsonNode> All { get; } = Directory.EnumerateFiles(Folder, "*.json")
        .ToDictionary(f => Path.GetFileNameWithoutExtension(f), f => JsonNode.Parse(File.ReadAllText(f))!);

    public static IReadOnlyList<DashboardQuery> Queries { get; } =
        [.. from dashboard in All
            from panel in dashboard.Value.Each("panels")
            from target in panel.Each("targets")
            select new DashboardQuery(dashboard.Key, panel.Text("title"), target.Text("expr"))];
}
