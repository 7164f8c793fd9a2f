using System.Diagnostics;
using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Actors.Serialization;
using Conference.Node.Metrics;
using Conference.Node.ReadModel;
using Conference.Node.Settings;
using Conference.Node.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Bench.Journal;

/// <summary>An actor system with a node's journal, and a node's projection if wanted.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ConferenceStore _store;
    private readonly ReadModels _models;

    private BenchNode(IHost host, ConferenceStore store, ReadModels models)
    {
        (_host, _store, _models) = (host, store, models);
        System = host.Services.GetRequiredService<ActorSystem>();
    }

    internal ActorSystem System { get; }

    internal static async Task<BenchNode> StartAsync(StoreSettings settings, bool withProjection = false)
    {
        var store = await ConferenceStore.OpenAsync(settings, NullLoggerFactory.Instance);
        var models = new ReadModels(store);
        var meter = new ProjectionMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())).Of("bench");
        var host = new HostBuilder().ConfigureServices(services => services.AddAkka("conference", akka =>
        {
            akka.ConfigureLoggers(loggers => loggers.ClearLoggers())
                .AddHocon("akka { loglevel = OFF, coordinated-shutdown.run-by-clr-shutdown-hook = off }", HoconAddMode.Prepend)
                .WithConferenceSerialization()
                .WithStore(store, AlwaysActing.Instance);
            if (withProjection)
            {
                akka.WithActors((system, _) => system.ActorOf(
                    ReadModelExtensions.Projection(models, store, AlwaysActing.Instance, meter, NullLogger.Instance, TimeProvider.System)));
            }
        })).Build();
        await host.StartAsync();
        return new BenchNode(host, store, models);
    }

    /// <summary>Waits until the projection is at the journal's end.</summary>
    internal async Task<(long Events, double PerSecond)> CatchUpAsync()
    {
        var clock = Stopwatch.StartNew();
        long stored = 0;
        // The last of all is an entity of its own.
        await Appends.StoreOneAsync(this, "room/default/last");
        while (!await _models.PassedAsync("room/default/last", TimeSpan.FromSeconds(60)))
        {
        }

        stored = Appends.Stored;
        return (stored, stored / clock.Elapsed.TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await System.Terminate();
        _host.Dispose();
        await _store.DisposeAsync();
    }
}
