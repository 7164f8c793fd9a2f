using Conference.Deploy.Tests.Prometheus;
using Conference.Deploy.Tests.Support;

namespace Conference.Deploy.Tests.Grafana;

/// <summary>Dashboards ask for what there is, in the right way.</summary>
public sealed class DashboardTests
{
    [Fact]
    public void There_are_four() => Assert.Equal(["cluster", "node", "rooms", "service"], Dashboards.All.Keys.Order());

    [Theory]
    [InlineData("service")]
    [InlineData("node")]
    [InlineData("cluster")]
    [InlineData("rooms")]
    public async Task The_file_is_what_its_source_makes(string name)
    {
        var (exitCode, output) = await Tool.RunAsync(
            "jq", null, "--null-input", "--from-file", Path.Join(Dashboards.Folder, "dashboards.jq"), "--arg", "name", name);
        Assert.True(exitCode == 0, output);
        Assert.True(output == await File.ReadAllTextAsync(Path.Join(Dashboards.Folder, name + ".json")), "run deploy/grafana/generate");
    }

    [Fact]
    public void Panels_are_told_apart_explained_and_do_not_overlap() => Assert.All(Dashboards.All.Values, dashboard =>
    {
        var panels = dashboard.Each("panels").ToArray();
        Assert.Equal(panels.Length, panels.Select(p => p.Number("id")).Distinct().Count());
        var cells = panels.SelectMany(p =>
            from x in Enumerable.Range(p.Number("gridPos/x"), p.Number("gridPos/w"))
            from y in Enumerable.Range(p.Number("gridPos/y"), p.Number("gridPos/h"))
            select (x, y)).ToArray();
        Assert.Equal(cells.Length, cells.Distinct().Count());
        Assert.All(cells, c => Assert.InRange(c.x, 0, 23));
        Assert.All(panels.Where(p => p.Text("type") != "row"), p =>
        {
            Assert.NotEmpty(p.Text("description"));
            Assert.NotEmpty(p.Text("fieldConfig/defaults/unit"));
            Assert.NotEmpty(p.Each("targets"));
        });
    });

    [Fact]
    public void Queries_ask_for_metrics_there_are_and_in_the_right_way() => Assert.Empty(
        Dashboards.Queries.SelectMany(q => Metrics.Mistakes(q.Expression, Rules.Recorded).Select(m => $"{q}: {m}")));

    [Theory]
    [InlineData("sum(conference_commands_total)", "is a counter")]
    [InlineData("rate(conference_sessions[5m])", "is no counter")]
    [InlineData("rate(conference_command_seconds[5m])", "no metric")]
    [InlineData("histogram_quantile(0.99, rate(conference_command_seconds_sum[5m]))", "of what is no rate of buckets")]
    [InlineData("rate(conference_livelihood_total[5m])", "no metric")]
    [InlineData("instance:conference_nothing:ratio", "no rule records")]
    public void What_others_get_wrong_would_be_seen(string query, string mistake) =>
        Assert.Contains(Metrics.Mistakes(query, Rules.Recorded), m => m.Contains(mistake, StringComparison.Ordinal));
}
