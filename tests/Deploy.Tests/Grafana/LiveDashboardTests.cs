using System.Globalization;
using Conference.Deploy.Tests.Support;

namespace Conference.Deploy.Tests.Grafana;

/// <summary>What a node shows, and the Prometheus and the dashboards that look at it.</summary>
public sealed class LiveDashboardTests(NodeUnderLoad under) : IClassFixture<NodeUnderLoad>
{
    [Fact]
    public async Task Every_query_of_every_dashboard_has_data_on_one_node() =>
        await LiveDashboards.AssertAnsweredAsync([$"127.0.0.1:{under.Node.HttpPort}"], q => Metrics.NeedsCluster(q.Expression));

    [Fact]
    public async Task Promtool_has_nothing_to_say_about_the_metrics()
    {
        var (_, text) = await under.Node.GetAsync("/metrics");
        var (exitCode, output) = await Tool.RunAsync("promtool", text, "check", "metrics");
        Assert.Equal((0, ""), (exitCode, output));
    }

    [Fact]
    public async Task What_is_shown_is_what_the_page_lists()
    {
        var (_, text) = await under.Node.GetAsync("/metrics");
        var shown = text.Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' '))
            .Select(l => string.Create(CultureInfo.InvariantCulture, $"{l[2]} {l[3]}"));
        Assert.All(shown, s => Assert.Contains(s, Metrics.Documented.Select(m => $"{m.Key} {m.Value}")));
    }
}
