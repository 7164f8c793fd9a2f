using Conference.Deploy.Tests.Support;

namespace Conference.Deploy.Tests.Grafana;

/// <summary>What three nodes show while members send over all of them and one of them drains.</summary>
public sealed class LiveClusterDashboardTests(ClusterUnderLoad under) : IClassFixture<ClusterUnderLoad>
{
    /// <summary>Their labels are what clients say.</summary>
    private static readonly string[] _openEnded = ["conference_commands_total", "conference_signins_total"];

    [Fact]
    public Task Every_query_of_every_dashboard_has_data_on_three_nodes() => LiveDashboards.AssertAnsweredAsync(under.Targets, _ => false);

    /// <summary>Which is what the manifests name, and the NetworkPolicy lets through.</summary>
    [Fact]
    public void Trunks_listen_on_the_port_of_links_and_the_one_behind_it() =>
        Assert.Contains($"UDP {under.Trunks.Address}:{under.Trunks.Port}, {under.Trunks.Address}:{under.Trunks.Port + 1}", under.Trunks.Said, StringComparison.Ordinal);

    [Fact]
    public void Counters_are_shown_before_their_first_event_so_that_it_is_an_increase()
    {
        string[] shown = [.. under.AtStart.Split('\n').Where(l => !l.StartsWith('#')).Select(l => l.Split('{', ' ')[0]).Distinct()];
        var counters = Metrics.Documented.Where(m => m.Value == "counter").Select(m => m.Key).Except(_openEnded);
        Assert.Empty(counters.Except(shown));
    }
}
