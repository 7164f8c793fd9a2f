using System.Text.RegularExpressions;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Operations;

/// <summary>A metric is there before the first time it changes: an alert on its increase must not miss the first.</summary>
public sealed partial class MetricsFromStartTests
{
    /// <summary>What only nodes of a cluster have, and only who has a certificate.</summary>
    private static readonly string[] _others =
    [
        "conference_cluster_may_act", "conference_cluster_reachable", "conference_cluster_round_trip_seconds", "conference_cluster_database_connected",
        "conference_cluster_certificate_expiry_timestamp_seconds", "conference_tls_certificate_expiry_timestamp_seconds",
    ];

    [Fact]
    public async Task Every_metric_is_there_from_the_start()
    {
        await using var node = await NodeProcess.StartAsync();
        var (_, text) = await node.GetAsync("/metrics");
        var shown = text.Split('\n').Where(l => l.StartsWith("conference_", StringComparison.Ordinal)).Select(l => Suffix().Replace(l.Split(' ', '{')[0], "")).ToHashSet();
        string page = await File.ReadAllTextAsync(RepositoryRoot.File("docs", "operating.md"));
        var listed = page.Split('\n').Where(l => l.StartsWith("| `conference_", StringComparison.Ordinal) && l.Split('|')[2].Trim() is "counter" or "gauge" or "histogram")
            .SelectMany(l => Name().Matches(l.Split('|')[1]).Select(m => m.Value)).ToArray();
        Assert.NotEmpty(listed);
        Assert.Empty(listed.Except(_others).Except(shown));
        Assert.Equal(_others.Order(), listed.Except(shown).Order());
    }

    [GeneratedRegex("conference_[a-z0-9_]+")]
    private static partial Regex Name();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
