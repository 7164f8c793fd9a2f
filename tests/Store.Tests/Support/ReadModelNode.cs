using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Node.Metrics;
using Conference.Node.ReadModel;
using Conference.Node.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Store.Tests.Support;

/// <summary>An actor system with a projection of its own.</summary>
internal sealed class ReadModelNode : IAsyncDisposable
{
    private readonly CollectorRegistry _registry;

    private ReadModelNode(TestSystem system, ReadModels models, CollectorRegistry registry) => (System, Models, _registry) = (system, models, registry);

    internal TestSystem System { get; }

    internal ReadModels Models { get; }

    internal static async Task<ReadModelNode> StartAsync(ConferenceStore store)
    {
        var registry = Metrics.NewCustomRegistry();
        var meter = new ProjectionMetrics(Metrics.WithCustomRegistry(registry)).Of("test");
        var models = new ReadModels(store);
        var system = await TestSystem.StartAsync(store, more: builder => builder.WithActors((system, _) => system.ActorOf(
            ReadModelExtensions.Projection(models, store, AlwaysActing.Instance, meter, NullLogger.Instance, TimeProvider.System))));
        return new ReadModelNode(system, models, registry);
    }

    /// <summary>Stores, and waits for the read models.</summary>
    internal async Task AddAsync(string id, params object[] events)
    {
        long sequenceNr = await System.StoreSoonAsync(id, events);
        Assert.True(await Models.PassedAsync(id, sequenceNr, TestSystem.Patience));
    }

    internal async Task<string> MetricsAsync()
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text);
        return global::System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    public ValueTask DisposeAsync() => System.DisposeAsync();
}
