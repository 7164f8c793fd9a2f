using System.Collections.Immutable;
using Conference.Node.Settings;
using Conference.Node.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Conference.Node.Tests.Telemetry;

/// <summary>A collector gets what <c>/metrics</c> shows.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task A_collector_is_sent_every_family_and_who_sends_it()
    {
        await using var collector = await Collector.StartAsync(HttpProtocols.Http1);

        using (var metrics = new MetricsRegistry())
        {
            metrics.AddHistogram("conference_delay_seconds", "How long.", () => new AggregatedHistogram([0.5, 1], ImmutableArray.Create(1L, 2, 4), 9));
            metrics.ExportTo(new OtlpTarget(new OtlpSettings(collector.Address, IsHttp: true), "node-7"));
            metrics.Meter.CreateCounter<long>("conference_things").Add(3);
        }

        var (path, sent) = await collector.ReceiveAsync();
        Assert.Equal("/v1/metrics", path);
        Assert.Contains("conference_things", sent, StringComparison.Ordinal);
        Assert.Contains("conference_delay_seconds_bucket", sent, StringComparison.Ordinal);
        Assert.Contains("node-7", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_dear_to_read_is_read_once_per_scrape()
    {
        using var metrics = new MetricsRegistry();
        int reads = 0;
        var read = metrics.OncePerCollection(() => $"{++reads}");
        metrics.Meter.CreateObservableGauge("conference_a", () => int.Parse(read(), System.Globalization.CultureInfo.InvariantCulture), description: "A.");
        metrics.Meter.CreateObservableGauge("conference_b", () => int.Parse(read(), System.Globalization.CultureInfo.InvariantCulture), description: "B.");

        Assert.Contains("conference_a 1\n", metrics.Scrape(), StringComparison.Ordinal);
        Assert.Contains("conference_b 2\n", metrics.Scrape(), StringComparison.Ordinal);
        Assert.Equal(2, reads);
    }
}
