using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Node.Metrics;
using Conference.Node.Store;

namespace Conference.Node.ReadModel;

/// <summary>The projection that brings the read models up to date: one actor in the whole cluster.</summary>
public static class ReadModelExtensions
{
    /// <param name="builder">Of an actor system with a cluster and <see cref="StoreExtensions.WithStore"/>.</param>
    /// <param name="models">What it writes.</param>
    /// <param name="store">Where.</param>
    /// <param name="guard">It does nothing while its node may not act.</param>
    /// <param name="metrics">Where it counts.</param>
    /// <param name="loggers">Where it reports.</param>
    /// <param name="time">For how old an event is.</param>
    public static AkkaConfigurationBuilder WithReadModels(
        this AkkaConfigurationBuilder builder,
        ReadModels models,
        ConferenceStore store,
        IActingGuard guard,
        ProjectionMetrics metrics,
        ILoggerFactory loggers,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var (meter, log) = (metrics.Of(ReadModelProjection.Name), loggers.CreateLogger<ProjectionActor>());
        return builder.WithSingleton<ProjectionActor>(
            ReadModelProjection.Name, (_, _, _) => Projection(models, store, guard, meter, log, time), createProxyToo: false);
    }

    /// <summary>The actor alone.</summary>
    public static Props Projection(ReadModels models, ConferenceStore store, IActingGuard guard, ProjectionMeter meter, ILogger log, TimeProvider time) =>
        ProjectionActor.Props(serialization => new ReadModelProjection(store, serialization, meter, log, time), models, guard, meter, log);
}
