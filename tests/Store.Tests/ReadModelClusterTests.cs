using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Actors.Users;
using Conference.Node.Metrics;
using Conference.Node.ReadModel;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Conference.Store.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Store.Tests;

/// <summary>One projection in a cluster of two, and both read what it writes.</summary>
public sealed class ReadModelClusterTests(PostgresServer server)
{
    [Fact]
    public async Task Who_stored_on_the_other_node_can_wait_and_when_its_node_leaves_the_projection_goes_on_on_this_one()
    {
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        var (first, firstModels) = await StartAsync(store);
        await using var leaving = first;
        var cluster = Cluster.Get(first.System);
        await cluster.JoinAsync(cluster.SelfAddress, TestContext.Current.CancellationToken);
        var (second, secondModels) = await StartAsync(store);
        await using var staying = second;
        await Cluster.Get(second.System).JoinAsync(cluster.SelfAddress, TestContext.Current.CancellationToken);

        await AddAsync(first, firstModels, "ann");
        await AddAsync(second, secondModels, "bob");
        await cluster.LeaveAsync(TestContext.Current.CancellationToken);
        await AddAsync(second, secondModels, "zoe");
        Assert.Equal(3, (await firstModels.ListAsync(DirectoryKind.User, null, 9)).Entries.Count);
        Assert.NotNull(await secondModels.FindAsync(DirectoryKind.User, Name.Parse("zoe")));
    }

    private static async Task AddAsync(TestSystem node, ReadModels models, string name)
    {
        long stored = await node.StoreAsync($"user/default/{name}", new UserEvent.AccountCreated("hash", CommandId.New()));
        Assert.True(await models.PassedAsync($"user/default/{name}", stored, TestSystem.Patience));
    }

    private static async Task<(TestSystem Node, ReadModels Models)> StartAsync(ConferenceStore store)
    {
        var models = new ReadModels(store);
        var metrics = new ProjectionMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        var node = await TestSystem.StartAsync(store, more: builder => builder
            .WithRemoting("127.0.0.1", 0)
            .WithClustering()
            .WithReadModels(models, store, AlwaysActing.Instance, metrics, NullLoggerFactory.Instance, TimeProvider.System));
        return (node, models);
    }
}
