using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Conference.Deploy.Tests.Kubernetes;
using Conference.Deploy.Tests.Support;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Prometheus;

/// <summary>Alerts and recording rules: right, tested, and explained.</summary>
public sealed partial class RuleTests
{
    private static readonly string _runbook = File.ReadAllText(RepositoryRoot.File("docs", "runbook.md"));

    [Fact]
    public async Task Promtool_finds_nothing_wrong()
    {
        var (exitCode, output) = await Tool.RunAsync("promtool", null, ["check", "rules", "--lint=all", "--lint-fatal", .. Rules.RuleFiles]);
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task The_sample_configuration_is_one_and_names_the_rules_and_the_runbook()
    {
        string file = RepositoryRoot.File("deploy", "prometheus", "prometheus.yaml");
        var (exitCode, output) = await Tool.RunAsync("promtool", null, "check", "config", file);
        Assert.True(exitCode == 0, output);
        Assert.Contains("2 rule files found", output, StringComparison.Ordinal);
        var sample = Assert.Single(Yaml.Parse(await File.ReadAllTextAsync(file)));
        Assert.Equal("conference", Assert.Single(sample.Each("scrape_configs")).Text("job_name"));
        Assert.EndsWith("/docs/runbook.md", sample.Text("global/external_labels/conference_runbook"), StringComparison.Ordinal);
        var pods = Assert.Single(Yaml.Parse(await File.ReadAllTextAsync(RepositoryRoot.File("deploy", "prometheus", "kubernetes.yaml"))));
        Assert.Equal("conference", Assert.Single(pods.Each("scrape_configs")).Text("job_name"));
    }

    [Fact]
    public async Task Every_alert_fires_when_it_should_and_not_before()
    {
        var (exitCode, output) = await Tool.RunAsync("promtool", null, ["test", "rules", .. Rules.TestFiles]);
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Every_alert_has_a_test_in_which_it_fires()
    {
        var fired = Rules.TestFiles.SelectMany(f => Yaml.Parse(File.ReadAllText(f))).SelectMany(f => f.Each("tests"))
            .SelectMany(t => t.Each("alert_rule_test")).Where(t => t.Each("exp_alerts").Any()).Select(t => t.Text("alertname")).ToHashSet();
        Assert.All(Rules.Alerts, a => Assert.Contains(a.Text("alert"), fired));
    }

    [Fact]
    public void Every_alert_has_its_section_of_the_runbook_and_every_section_its_alert()
    {
        var sections = Section().Matches(_runbook).Select(m => m.Groups[1].Value);
        Assert.Equal(Rules.Alerts.Select(a => a.Text("alert")).Order(), sections.Order());
        Assert.All(Rules.Alerts, a =>
        {
            // A whole URL; where people read the page is theirs to say.
            Assert.Equal(
                "{{ or $externalLabels.conference_runbook \"https://conference.example.org/docs/runbook.md\" }}#" + a.Text("alert").ToLowerInvariant(),
                a.Text("annotations/runbook_url"));
            Assert.NotEmpty(a.Text("annotations/summary"));
            Assert.Contains(a.Text("labels/severity"), (string[])["page", "ticket"]);
        });
    }

    [Fact]
    public void Every_link_of_the_runbook_leads_to_a_section()
    {
        var anchors = Section().Matches(_runbook).Select(m => m.Groups[1].Value.ToLowerInvariant()).ToHashSet();
        Assert.All(Anchor().Matches(_runbook).Select(m => m.Groups[1].Value), a => Assert.Contains(a, anchors));
    }

    [Fact]
    public void Rules_ask_for_metrics_there_are_and_in_the_right_way()
    {
        var mistakes = Rules.Groups.SelectMany(g => g.Each("rules"))
            .SelectMany(r => Metrics.Mistakes(r.Text("expr"), Rules.Recorded).Select(m => $"{r.At("alert") ?? r.At("record")}: {m}"));
        Assert.Empty(mistakes);
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("hostnetwork")]
    public async Task The_cluster_gets_the_same_rules(string name)
    {
        var deployed = (await Overlay.RenderAsync(name)).Only("PrometheusRule").Each("spec/groups").ToArray();
        Assert.Equal(Rules.Groups.Select(g => g.Text("name")), deployed.Select(g => g.Text("name")));
        // kustomize sorts the keys of objects; what they say is the same.
        Assert.All(Enumerable.Zip(Rules.Groups, deployed), g => Assert.True(JsonNode.DeepEquals(g.First, g.Second), "run deploy/k8s/components/monitoring/generate"));
    }

    [GeneratedRegex(@"^## (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"\]\(#([^)]+)\)")]
    private static partial Regex Anchor();
}
