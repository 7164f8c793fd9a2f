using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Node.Console.Events;

namespace Conference.Node.Statistics;

/// <summary>
/// Looks at the cluster once a second, for all consoles of this node together: what that costs does not grow with how many there are.
/// </summary>
public sealed class ClusterObserver(
    Func<StatisticsSources> sources, LocalStatistics local, PeerStatistics peers, EventFrames frames, TimeProvider time, ILogger<ClusterObserver> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long peers have to answer: less than it takes until they are asked again.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(800);

    /// <summary>How long somebody who asked for rooms is thought to go on looking.</summary>
    private static readonly TimeSpan _interest = TimeSpan.FromSeconds(10);

    /// <summary>On some clusters each start of a node is at another address.</summary>
    private const int MaxConsoles = 1000;

    private readonly StatisticsHistory _history = new();
    private readonly ClusterEventLog _events = new();
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private readonly long _beganAt = time.GetTimestamp();
    private Observation _latest = Observation.None;
    private ImmutableHashSet<string> _consoles = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _askedAt = long.MinValue;
    private bool _failed;

    /// <summary>The cluster as it was a second ago at most; <see cref="Observation.None"/> just after the start.</summary>
    public Observation Latest => Volatile.Read(ref _latest);

    /// <summary>The consoles of all nodes there were since this one began, those that are gone too, the first thousand of them.</summary>
    public ImmutableHashSet<string> Consoles => Volatile.Read(ref _consoles);

    /// <summary>The latest that has rooms in it: the next one, where nobody has looked at rooms of late.</summary>
    public async Task<RoomBoard> RoomsAsync(CancellationToken cancellation)
    {
        bool wasLooking = IsLooking;
        Volatile.Write(ref _askedAt, time.GetTimestamp());
        // The one that is being made now may have begun before anybody looked.
        for (int i = 0; !wasLooking && i < 2; i++)
            await Volatile.Read(ref _next).Task.WaitAsync(cancellation);
        return Volatile.Read(ref _latest).Rooms;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await ObserveAsync(stoppingToken);
                _failed = false;
            }
            catch (ObjectDisposedException)
            {
                // A start that failed: the host has gone without stopping anybody.
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A failure of the console's statistics must not end the node. It is logged once, not every second.
                if (!_failed)
                    Log.StatisticsFailed(log, e);
                _failed = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private bool IsLooking => frames.HasViewers
        || (Volatile.Read(ref _askedAt) is var asked && asked != long.MinValue && time.GetElapsedTime(asked) < _interest);

    private async Task ObserveAsync(CancellationToken stop)
    {
        bool withRooms = IsLooking;
        local.Read();
        var nodes = sources().Nodes;
        var self = nodes.Self;
        var said = new Dictionary<NodeId, NodeStatistics>(await peers.ReadAsync(withRooms, _patience, stop)) { [self] = local.Latest(withRooms)! };
        var before = _latest;
        var now = new Observation(
            before.Number + 1, _began + time.GetElapsedTime(_beganAt), self.ToString(), ObservedNode.All(nodes.All, self, said, before),
            withRooms ? RoomBoard.Of(said.Values) : RoomBoard.Empty) { Clock = time.GetUtcNow() };
        _history.Add(now);
        _events.Add(before, now);
        Volatile.Write(ref _latest, now);
        if (_consoles.Count < MaxConsoles)
            Volatile.Write(ref _consoles, _consoles.Union(said.Values.Select(s => s.Console).OfType<string>()));
        frames.Publish(StatisticsJson.State(now, _events.Events), _history);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
