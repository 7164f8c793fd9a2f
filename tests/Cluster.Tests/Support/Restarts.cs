namespace Conference.Cluster.Tests.Support;

/// <summary>
/// The process manager: starts again, in its place, every node that ends with exit code 3, as deploy/ tells systemd and Kubernetes to; and what it has
/// started itself whatever it ends with. A node that a test kills stays dead.
/// </summary>
public sealed class Restarts : IAsyncDisposable
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly TestCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<NodeProcess> _seen = [];
    private readonly HashSet<NodeProcess> _own = [];
    private readonly Task _work;
    private volatile int _count;

    private Restarts(TestCluster cluster)
    {
        _cluster = cluster;
        _work = Task.Run(WatchAsync);
    }

    public static Restarts Of(TestCluster cluster) => new(cluster);

    /// <summary>Nodes that were put out and started again.</summary>
    public int Count => _count;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(_look);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (var ended in _cluster.Nodes.Where(n => n.HasExited && _seen.Add(n)).ToArray())
                {
                    if (ended.ExitCode != TestNode.PutOut && !_own.Contains(ended))
                        continue;
                    _count += ended.ExitCode == TestNode.PutOut ? 1 : 0;
                    await Task.Delay(_pause, _stop.Token);
                    _own.Add(_cluster.BeginAgain(ended));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }
}
