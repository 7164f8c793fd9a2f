namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>Tests of several nodes run one after the other: they would be slow together.</summary>
[CollectionDefinition(nameof(SeveralNodes), DisableParallelization = true)]
public sealed class SeveralNodes : ICollectionFixture<SharedNodes>;

/// <summary>Nodes a, b and c, for one test after the other, until one has broken them.</summary>
public sealed class SharedNodes : IAsyncLifetime
{
    private TestCluster? _cluster;
    private int _tests;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <returns>A cluster of three, and how many tests had one before.</returns>
    internal async Task<(TestCluster Cluster, int Test)> TakeAsync()
    {
        if (_cluster?.IsWhole != true)
        {
            await DisposeAsync();
            _cluster = new TestCluster();
            await _cluster.StartAsync(3);
        }

        await _cluster.AwaitWaysAsync();
        return (_cluster, ++_tests);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        _cluster = null;
    }
}
