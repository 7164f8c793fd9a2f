using Conference.Deploy.Tests.Prometheus;
using Conference.Deploy.Tests.Support;

namespace Conference.Deploy.Tests.Grafana;

/// <summary>Every query of every dashboard, asked of a real Prometheus that scrapes real nodes.</summary>
internal static class LiveDashboards
{
    /// <summary>Some scrapes, one a second.</summary>
    private const string Interval = "10s";

    /// <param name="nodes">Operations addresses of nodes under load (<c>127.0.0.1:8080</c>).</param>
    /// <param name="mayBeEmpty">Queries that such nodes need not answer; they must be valid all the same.</param>
    public static async Task AssertAnsweredAsync(IReadOnlyCollection<string> nodes, Func<DashboardQuery, bool> mayBeEmpty)
    {
        await using var prometheus = await PrometheusServer.StartAsync(Rules.RuleFiles, nodes);
        // Rates need several scrapes, and recording rules what they are made of.
        await prometheus.UntilAsync("count_over_time(conference:join_failures:ratio_rate5m[1m]) > 8");
        var wrong = new List<string>();
        foreach (var query in Dashboards.Queries)
        {
            var (values, error) = await prometheus.QueryAsync(query.For(Interval));
            if (error is not null)
                wrong.Add($"{query}: {error}");
            else if (values.Count == 0 && !mayBeEmpty(query))
                wrong.Add($"{query}: no data");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
