using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Actors.Serialization;
using Conference.Node.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Conference.Store.Tests.Support;

/// <summary>An actor system on a store, with entities that store what they are given.</summary>
internal sealed class TestSystem : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IHost _host;
    private readonly ConcurrentDictionary<string, IActorRef> _entities = [];

    private TestSystem(IHost host, ActorSystem system) => (_host, System) = (host, system);

    internal ActorSystem System { get; }

    /// <summary>Why entities could not be recovered, by persistence id.</summary>
    internal ConcurrentDictionary<string, Exception> Unrecovered { get; } = [];

    internal static async Task<TestSystem> StartAsync(
        ConferenceStore store, IActingGuard? guard = null, Action<AkkaConfigurationBuilder>? more = null)
    {
        var host = new HostBuilder().ConfigureServices(services => services.AddAkka("conference", builder =>
        {
            builder.ConfigureLoggers(loggers => loggers.ClearLoggers())
                .AddHocon("akka { loglevel = OFF, coordinated-shutdown.run-by-clr-shutdown-hook = off }", HoconAddMode.Prepend)
                .WithConferenceSerialization()
                .WithStore(store, guard ?? AlwaysActing.Instance);
            more?.Invoke(builder);
        })).Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new TooLate())), typeof(DeadLetter));
        return new TestSystem(host, system);
    }

    /// <summary>The entity, started where it is not.</summary>
    internal IActorRef Entity(string id) => _entities.GetOrAdd(id, _ => System.ActorOf(StoringActor.Props(id, Unrecovered)));

    /// <summary>It is started anew by whoever asks for it next.</summary>
    internal async Task StopAsync(string id)
    {
        if (_entities.TryRemove(id, out var entity))
            await entity.GracefulStop(Patience);
    }

    /// <exception cref="NotStoredException">It was not, as far as is known.</exception>
    internal Task<long> StoreAsync(string id, Guid value) => StoreAsync(id, StoringActor.EventOf(value));

    /// <inheritdoc cref="StoreAsync(string, Guid)"/>
    internal async Task<long> StoreAsync(string id, params object[] events)
    {
        object answer;
        try
        {
            answer = await Entity(id).Ask<object>(new StoringActor.Put(events), Patience);
        }
        catch (AskTimeoutException exception)
        {
            answer = exception;
        }

        if (answer is StoringActor.Stored stored)
            return stored.SequenceNr;
        await StopAsync(id);
        throw new NotStoredException((answer as StoringActor.NotStored)?.Cause ?? (Exception)answer);
    }

    /// <summary>As whoever asks an entity does: again, until it is stored.</summary>
    internal async Task<long> StoreSoonAsync(string id, params object[] events)
    {
        for (long deadline = Environment.TickCount64 + 5000; ; await Task.Delay(100))
        {
            try
            {
                return await StoreAsync(id, events);
            }
            catch (NotStoredException) when (Environment.TickCount64 < deadline)
            {
            }
        }
    }

    /// <summary>Asks again, an entity that is started anew, while it cannot be read: a session that the database has just ended may be the one it was to be read by.</summary>
    internal async Task<Guid[]> ValuesAsync(string id)
    {
        for (long deadline = Environment.TickCount64 + 5000; ; await Task.Delay(100))
        {
            object answer = await Entity(id).Ask<object>(StoringActor.Get.Instance, Patience);
            if (answer is StoringActor.State state)
                return state.Values;
            Assert.True(Environment.TickCount64 < deadline, $"{id} cannot be read: {answer}");
            await StopAsync(id);
        }
    }

    internal static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, what);
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await System.Terminate();
        _host.Dispose();
    }
}

/// <summary>Answers for entities that stop: what comes to one in its last moment would wait for nothing.</summary>
internal sealed class TooLate : ReceiveActor
{
    public TooLate() => Receive<DeadLetter>(
        lost => lost.Message is StoringActor.Put or StoringActor.Get,
        lost => lost.Sender.Tell(new StoringActor.NotStored(new InvalidOperationException("the entity has stopped"))));
}

internal sealed class NotStoredException(Exception cause) : Exception(cause.Message, cause);
