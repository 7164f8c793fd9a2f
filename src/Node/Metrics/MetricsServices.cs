using Conference.Actors;
using Conference.Node.Limits;
using Conference.Node.ReadModel;
using Conference.Node.Webhooks;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>The node's one registry, what counts in it, and where it is shown.</summary>
public static class MetricsServices
{
    /// <summary>One registry per node and not one per process, so that two nodes in one test do not count together.</summary>
    /// <param name="services">Of the node.</param>
    /// <param name="descriptors">What this node takes at most.</param>
    public static IServiceCollection AddNodeMetrics(this IServiceCollection services, DescriptorBudget descriptors)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var metrics = CreateFactory(registry);
        LimitMetrics.Show(metrics, descriptors);
        return services
            .AddSingleton(registry)
            .AddSingleton<IMetricFactory>(metrics)
            .AddSingleton<IMetricsSource>(new RuntimeMetrics(metrics))
            .AddSingleton(new CommandMetrics(metrics))
            .AddSingleton(new ApiMetrics(metrics))
            .AddSingleton(new AuditMetrics(metrics))
            .AddSingleton(new ActorSystemMetrics(metrics))
            .AddSingleton(new WebhookMetrics(metrics))
            .AddSingleton(new ProjectionMetrics(metrics, ReadModelProjection.Name, WebhookProjection.Name));
    }

    /// <summary>Metrics made by it have no exemplars but where they say so.</summary>
    public static IMetricFactory CreateFactory(CollectorRegistry registry)
    {
        var metrics = Prometheus.Metrics.WithCustomRegistry(registry);
        metrics.ExemplarBehavior = Exemplars.None;
        return metrics;
    }

    /// <summary><c>/metrics</c>: Prometheus' text, or OpenMetrics for those who accept that; with every <see cref="IMetricsSource"/> there is.</summary>
    public static void MapNodeMetrics(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var registry = app.Services.GetRequiredService<CollectorRegistry>();
        foreach (var source in app.Services.GetServices<IMetricsSource>())
            registry.Add(source);
        // By itself it would take any method for a GET.
        app.MapMetrics(settings => settings.Registry = registry).WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));
    }
}
