using System.Text;
using Prometheus;

namespace Conference.Node.Tests.Support;

/// <summary>What Prometheus would see.</summary>
internal static class Scraping
{
    public static async Task<string> ScrapeAsync(this CollectorRegistry registry, ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, format, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>The value behind a series as it is written there; null where it is not.</summary>
    public static async Task<double?> ValueAsync(this CollectorRegistry registry, string series) =>
        (await registry.ScrapeAsync()).Split('\n').FirstOrDefault(l => l.StartsWith(series + ' ', StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
