using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>What is counted elsewhere, and copied into metrics when somebody looks.</summary>
public interface IMetricsSource
{
    /// <summary>Brings the metrics up to date. Called before every collection, perhaps by several at once.</summary>
    void Refresh();
}

public static class MetricsSourceExtensions
{
    /// <summary>From now on the source is read before every collection.</summary>
    public static void Add(this CollectorRegistry registry, IMetricsSource source)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddBeforeCollectCallback(source.Refresh);
    }
}
