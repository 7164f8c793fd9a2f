using Conference.Node.Metrics;
using Conference.Node.Tests.Support;
using Prometheus;

namespace Conference.Node.Tests.Metrics;

/// <summary>Counts and a sum that were made elsewhere arrive whole.</summary>
public sealed class AggregatedHistogramTests
{
    private static readonly double[] _bounds = [50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3];

    private readonly CollectorRegistry _registry = new();
    private readonly Histogram _histogram;
    private readonly AggregatedHistogram _aggregated;
    private readonly long[] _counts = new long[_bounds.Length + 1];
    private double _sum;

    public AggregatedHistogramTests()
    {
        _histogram = MetricsServices.CreateFactory(_registry).CreateHistogram("conference_delay_seconds", "How long.", new HistogramConfiguration { Buckets = _bounds });
        _aggregated = new AggregatedHistogram(_histogram, _bounds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_was_observed_has_the_same_counts_and_the_same_sum(int seed)
    {
        var random = new Random(seed);
        for (int scrape = 0; scrape < 50; scrape++)
        {
            for (int i = random.Next(200); i > 0; i--)
                Observe(Math.Pow(10, -5 + (random.NextDouble() * 4)));
            _aggregated.BringTo(_counts, _sum);
            Assert.Equal(_sum, _histogram.Sum, _sum * 1e-9);
        }

        await AssertCountsAsync();
    }

    [Theory]
    [InlineData(50e-6)]
    [InlineData(50.001e-6)]
    [InlineData(100e-6)]
    [InlineData(20e-3)]
    [InlineData(7.5)]
    [InlineData(0)]
    public async Task Values_at_the_edge_of_a_bucket_stay_in_it(double value)
    {
        for (int i = 0; i < 1000; i++)
            Observe(value);
        _aggregated.BringTo(_counts, _sum);

        Assert.Equal(_sum, _histogram.Sum, 1e-9);
        await AssertCountsAsync();
    }

    [Fact]
    public async Task A_sum_that_was_read_too_early_or_too_late_is_made_up_for()
    {
        Observe(3e-3);
        // The loop counted, and has not added yet.
        _aggregated.BringTo(_counts, 0);
        await AssertCountsAsync();
        Assert.InRange(_histogram.Sum, 2e-3, 5e-3);
        Observe(3e-3);
        Observe(4e-3);
        _aggregated.BringTo(_counts, _sum);

        Assert.Equal(_sum, _histogram.Sum, 1e-9);
        await AssertCountsAsync();
    }

    [Fact]
    public void Nothing_new_changes_nothing()
    {
        Observe(3e-3);
        _aggregated.BringTo(_counts, _sum);
        _aggregated.BringTo(_counts, _sum);
        Assert.Equal((1, 3e-3), (_histogram.Count, Math.Round(_histogram.Sum, 9)));
    }

    private void Observe(double value)
    {
        int bucket = Array.FindIndex(_bounds, b => value <= b);
        _counts[bucket < 0 ? _bounds.Length : bucket]++;
        _sum += value;
    }

    private async Task AssertCountsAsync()
    {
        var buckets = (await _registry.ScrapeAsync()).Split('\n').Where(l => l.StartsWith("conference_delay_seconds_bucket", StringComparison.Ordinal))
            .Select(l => long.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(_counts.Select((_, i) => _counts.Take(i + 1).Sum()), buckets);
    }
}
