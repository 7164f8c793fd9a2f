using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Rooms;

/// <summary>
/// A room whose members all were on a node that died is asked by nobody, and its calls would stay open for ever. So whoever gains a shard
/// looks for open calls of rooms in it, and wakes those rooms: they find out who is there still, and end the calls of the others.
/// </summary>
public sealed class OpenCallsActor : ReceiveActor, IWithTimers
{
    private const int PageSize = 1000;

    /// <summary>Shards come many at once, and each look reads all open calls there are. Nobody waits for it.</summary>
    private static readonly TimeSpan _lookAfter = TimeSpan.FromSeconds(1);

    private readonly ICallRecords _calls;
    private readonly ICluster _cluster;
    private readonly IActorRef _rooms;
    private readonly long[] _epochs = [.. Enumerable.Repeat(-1L, ClusterView.ShardCount)];
    private readonly HashSet<ShardId> _gained = [];
    private IDisposable? _subscription;
    private bool _isLooking;

    /// <param name="calls">Which calls are open.</param>
    /// <param name="cluster">Which shards are this node's.</param>
    /// <param name="rooms">The region of rooms.</param>
    public OpenCallsActor(ICallRecords calls, ICluster cluster, IActorRef rooms)
    {
        _calls = calls;
        _cluster = cluster;
        _rooms = rooms;
        Receive<ClusterView>(Follow);
        Receive<LookNow>(_ => Look());
        Receive<Found>(Wake);
        Receive<Looked>(looked =>
        {
            _isLooking = false;
            _gained.UnionWith(looked.Missed);
            LookSoon();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ICallRecords calls, ICluster cluster, IActorRef rooms) =>
        Runtime.Props.Create(() => new OpenCallsActor(calls, cluster, rooms));

    protected override void PreStart()
    {
        var self = Self;
        _subscription = _cluster.Subscribe(view => self.Tell(view, ActorRefs.NoSender));
    }

    protected override void PostStop() => _subscription?.Dispose();

    /// <summary>An epoch names one owner: a shard that is this node's at another epoch than before has been gained.</summary>
    private void Follow(ClusterView view)
    {
        for (int i = 0; i < view.Shards.Length; i++)
        {
            if (view.Shards[i].Owner != _cluster.Self || view.Shards[i].Epoch == _epochs[i])
                continue;
            _epochs[i] = view.Shards[i].Epoch;
            _gained.Add(new ShardId(i));
        }

        LookSoon();
    }

    private void LookSoon()
    {
        if (_gained.Count > 0 && !_isLooking && !Timers.IsTimerActive(LookNow.Instance))
            Timers.StartSingleTimer(LookNow.Instance, LookNow.Instance, _lookAfter);
    }

    private void Look()
    {
        _isLooking = true;
        HashSet<ShardId> shards = [.. _gained];
        _gained.Clear();
        Read(shards, null);
    }

    private void Wake(Found found)
    {
        foreach (var room in found.Page.Records.Select(c => c.Room).Distinct().Where(r => found.Shards.Contains(ShardOf.Name(r))))
            _rooms.Tell(new RoomCommands.Find(room), ActorRefs.NoSender);
        if (found.Page.Next is { } next)
            Read(found.Shards, next);
        else
            Self.Tell(new Looked([]));
    }

    /// <summary>The store being away, all is looked for again.</summary>
    private void Read(HashSet<ShardId> shards, string? after) =>
        _calls.QueryAsync(new CallQuery { OnlyOpen = true, After = after, Limit = PageSize })
            .PipeTo(Self, Self, page => new Found(shards, page), _ => new Looked(shards));

    private sealed record LookNow
    {
        public static LookNow Instance { get; } = new();
    }

    private sealed record Found(HashSet<ShardId> Shards, CallRecordPage Page);

    private sealed record Looked(HashSet<ShardId> Missed);
}
