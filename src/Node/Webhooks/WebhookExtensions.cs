using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Node.Metrics;
using Conference.Node.ReadModel;
using Conference.Node.Store;

namespace Conference.Node.Webhooks;

/// <summary>Webhooks: one actor in the whole cluster.</summary>
public static class WebhookExtensions
{
    /// <param name="builder">Of an actor system with a cluster and <see cref="StoreExtensions.WithStore"/>.</param>
    /// <param name="store">Where the journal and the queue are.</param>
    /// <param name="guard">Nothing is queued or sent while its node may not act.</param>
    /// <param name="settings">What holds for all of them.</param>
    /// <param name="projections">Where the projection counts.</param>
    /// <param name="metrics">Where deliveries are counted.</param>
    /// <param name="loggers">Where it reports.</param>
    /// <param name="time">The clock.</param>
    public static AkkaConfigurationBuilder WithWebhooks(
        this AkkaConfigurationBuilder builder,
        ConferenceStore store,
        IActingGuard guard,
        WebhookSettings settings,
        ProjectionMetrics projections,
        WebhookMetrics metrics,
        ILoggerFactory loggers,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(projections);
        var (meter, log) = (projections.Of(WebhookProjection.Name), loggers.CreateLogger<WebhooksActor>());
        return builder.WithSingleton<WebhooksActor>(
            WebhookProjection.Name, (_, _, _) => Webhooks(store, guard, settings, meter, metrics, log, time), createProxyToo: false);
    }

    /// <summary>The actor alone.</summary>
    internal static Props Webhooks(
        ConferenceStore store, IActingGuard guard, WebhookSettings settings, ProjectionMeter meter, WebhookMetrics metrics, ILogger log, TimeProvider time)
    {
        Func<WebhookDeliverer> deliverer = () => new WebhookDeliverer(store, guard, settings, metrics, log, time);
        Func<Action, Props> projection = queued => ProjectionActor.Props(
            serialization => new WebhookProjection(store, serialization, meter, queued, log, time), null, guard, meter, log);
        return Props.Create(() => new WebhooksActor(deliverer, projection, metrics));
    }
}
