using System.Text.Json.Nodes;
using Conference.Node.Statistics;

namespace Conference.Node.Tests.Statistics;

public sealed class StatisticsHistoryTests
{
    private static readonly DateTimeOffset _start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly StatisticsHistory _history = new();

    [Fact]
    public void Five_seconds_are_one_step_rates_by_their_mean_delays_by_their_worst_counts_by_their_last()
    {
        for (int second = 0; second < 5; second++)
            See(second, new NodeStatistics { Id = "a", BitsIn = second * 100, DelayP99Seconds = second == 2 ? 3e-3 : 1e-3, Members = second });
        See(5, new NodeStatistics { Id = "a" });

        var series = Series("a");
        Assert.Equal(StatisticsHistory.Steps, series["bitsIn"]!.AsArray().Count);
        Assert.Equal(200, Last(series, "bitsIn"));
        Assert.Equal(3000, Last(series, "p99"));
        Assert.Equal(4, Last(series, "members"));
        Assert.Null(series["bitsIn"]!.AsArray()[^2]);
        Assert.Null(series["p50"]!.AsArray()[^1]);
        Assert.Equal(_start.AddSeconds(5).ToUnixTimeMilliseconds(), (long)_history.ToJson()["end"]!);
    }

    [Fact]
    public void What_is_over_ten_minutes_old_is_forgotten_and_a_node_that_is_gone_so_long_too()
    {
        See(0, new NodeStatistics { Id = "a", Members = 1 });
        See(0, new NodeStatistics { Id = "b", Members = 2 });
        See(300, new NodeStatistics { Id = "b", Members = 2 });
        See(605, new NodeStatistics { Id = "c", Members = 3 });

        Assert.Equal(["b", "c"], _history.ToJson()["nodes"]!.AsObject().Select(n => n.Key).Order());
        Assert.Single(Series("b")["members"]!.AsArray(), m => m is not null);
    }

    private void See(int second, NodeStatistics statistics) => _history.Add(new Observation(
        second, _start.AddSeconds(second), "a", [new ObservedNode(statistics.Id, statistics.Id, "", "up", true, statistics, true)], RoomBoard.Empty));

    private JsonObject Series(string node) => _history.ToJson()["nodes"]![node]!.AsObject();

    private static double Last(JsonObject series, string name) => (double)series[name]!.AsArray()[^1]!;
}
