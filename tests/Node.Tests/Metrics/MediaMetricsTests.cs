using System.Collections.Immutable;
using Conference.Media;
using Conference.Node.Metrics;
using Conference.Node.Tests.Support;
using Prometheus;

namespace Conference.Node.Tests.Metrics;

public sealed class MediaMetricsTests
{
    private readonly CollectorRegistry _registry = new();
    private MediaStatistics _read = Statistics(0);
    private int _reads;

    public MediaMetricsTests() => _registry.Add(new MediaMetrics(MetricsServices.CreateFactory(_registry), () =>
    {
        _reads++;
        return _read;
    }));

    [Fact]
    public async Task The_planes_counters_are_shown_as_they_are_when_somebody_looks_and_are_read_once()
    {
        await _registry.ScrapeAsync();
        _read = Statistics(7);
        string text = await _registry.ScrapeAsync();

        Assert.Equal(2, _reads);
        string[] expected =
        [
            "conference_ports_in_use 7", """conference_datagrams_in_total{service="video"} 7""", """conference_media_out_bytes_total{service="video"} 28""",
            """conference_datagrams_dropped_total{reason="loop_behind"} 7""", "conference_forward_delay_seconds_count 7",
            """conference_loop_cpu_seconds_total{loop="media-0"} 7""", """conference_media_offload{kind="segmentation"} 0""",
        ];
        Assert.All(expected, line => Assert.Contains(line + '\n', text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_reason_is_there_before_it_has_happened()
    {
        string text = await _registry.ScrapeAsync();
        Assert.All(MediaMetrics.Reasons, r => Assert.Contains($$"""conference_datagrams_dropped_total{reason="{{r}}"} 0""", text, StringComparison.Ordinal));
        Assert.Contains("""conference_trunk_dropped_total{reason="unknown_peer"} 0""", text, StringComparison.Ordinal);
    }

    private static MediaStatistics Statistics(int count) => new(
        count, 100, [new ServiceStatistics(new ServiceName("video"), count, 2 * count, 3 * count, 4 * count)],
        [.. Enum.GetValues<DropReason>().Select(_ => (long)count)],
        new DelayHistogram([count, .. Enumerable.Repeat(0L, DelayHistogram.Bounds.Length)], count * 20e-6))
    {
        Loops = [new LoopStatistics("media-0", TimeSpan.FromSeconds(count), count, count, count)],
    };
}
