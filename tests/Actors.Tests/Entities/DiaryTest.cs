using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Conference.Actors.Cluster;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Actors.Tests.Entities;

/// <summary>A diary in a region of its own, or under a probe that stands for its shard.</summary>
public abstract class DiaryTest : IAsyncLifetime
{
    private protected static readonly Name Joe = Name.Parse("joe");

    private protected Support.Conference Conference { get; } = new();

    private protected IActorRef Region { get; private set; } = null!;

    private protected TestProbe Probe { get; private set; } = null!;

    private protected ActorSystem Sys => Conference.Sys;

    private protected Support.TestJournal Journal => Conference.Journal;

    private protected EntityContext Context => new(Conference.Guard, Conference.Store, ClusterNodes.Of(Sys), Conference.Metrics, NullLogger.Instance);

    public async ValueTask InitializeAsync()
    {
        await Conference.InitializeAsync();
        var sharding = ClusterSharding.Get(Sys);
        var settings = ClusterShardingSettings.Create(Sys).WithPassivateIdleAfter(TimeSpan.Zero).WithStateStoreMode(StateStoreMode.DData);
        Region = sharding.Start(
            "diaries", id => Diary.Props(EntityIds.NameIn(id), Context, Region), settings, new EntityExtractor(),
            sharding.DefaultShardAllocationStrategy(settings), StopEntity.Instance);
        Probe = Conference.CreateTestProbe();
        // The region's own first steps take time.
        Tell(Region, new Diary.Read(Name.Parse("first")));
        Conference.AdvanceUntil(() => Probe.HasMessages, "the region is there");
        Assert.Equal("", Probe.ExpectMsg<string>());
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Conference.DisposeAsync();
    }

    /// <summary>Asks by <see cref="Probe"/>.</summary>
    private protected void Tell(IActorRef whom, object message) => whom.Tell(message, Probe.Ref);

    private protected T Ask<T>(object message)
    {
        Tell(Region, message);
        return Probe.ExpectMsg<T>();
    }

    /// <summary>Whoever is this diary now.</summary>
    private protected IActorRef Awake(Name name) => Conference.Ask<Diary.Me>(Region, new Diary.Who(name)).Self;

    /// <summary>The diary ends, and whoever watches it hears so.</summary>
    private protected void ExpectEnd(IActorRef diary, Action after)
    {
        var watcher = Conference.CreateTestProbe();
        watcher.Watch(diary);
        after();
        watcher.ExpectTerminated(diary);
        Conference.AwaitIdle();
    }

    /// <summary>Stores lines as an earlier life would have.</summary>
    private protected void Given(Name name, params IEnumerable<string> lines) =>
        Journal.Given(Sys, Diary.IdOf(name), lines.Select(l => new UserEvent.PasswordChanged(l, CommandId.New())));
}
