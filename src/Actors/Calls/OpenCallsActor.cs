using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;

namespace Conference.Actors.Calls;

/// <summary>
/// A room whose members all were on a node that died is asked by nobody, and its calls would stay open for ever. So one actor of the cluster looks for
/// open calls whenever a node is gone, and at its own start, and wakes their rooms: they find out who is there still, and end the calls of the others.
/// </summary>
/// <remarks>Records are a little behind the journal: it looks several times, and goes on as long as calls are open on nodes that are none.</remarks>
public sealed class OpenCallsActor : ReceiveActor, IWithTimers
{
    private const int PageSize = 1000;

    private static readonly TimeSpan[] _pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10)];

    private readonly ICallRecords _calls;
    private readonly IClusterNodes _nodes;
    private readonly IActorRef _rooms;
    private int _looks;
    private bool _foundStranded;

    /// <param name="calls">Which calls are open.</param>
    /// <param name="nodes">Which nodes there are.</param>
    public OpenCallsActor(ICallRecords calls, IClusterNodes nodes)
    {
        (_calls, _nodes) = (calls, nodes);
        _rooms = ActorRegistry.For(Context.System).Get<RoomActor>();
        Receive<ClusterEvent.MemberRemoved>(_ => Begin());
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Look>(_ => Read(null));
        Receive<CallRecordPage>(Wake);
        // The store being away, it is looked for again.
        Receive<Failed>(_ => LookAgain(isDone: false));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ICallRecords calls, IClusterNodes nodes) => global::Akka.Actor.Props.Create(() => new OpenCallsActor(calls, nodes));

    protected override void PreStart()
    {
        global::Akka.Cluster.Cluster.Get(Context.System).Subscribe(Self, typeof(ClusterEvent.IMemberEvent));
        Begin();
    }

    protected override void PostStop() => global::Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    private void Begin()
    {
        _looks = 0;
        Timers.StartSingleTimer(Look.Instance, Look.Instance, _pauses[0]);
    }

    private void Read(string? after)
    {
        if (after is null)
            _foundStranded = false;
        _calls.QueryAsync(new CallQuery { OnlyOpen = true, After = after, Limit = PageSize }).PipeTo(Self, Self, failure: _ => Failed.Instance);
    }

    private void Wake(CallRecordPage page)
    {
        var living = _nodes.All.Select(n => n.Card?.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var room in page.Records.Select(c => c.Room).Distinct())
            _rooms.Tell(new RoomQueries.Find(room), ActorRefs.NoSender);
        _foundStranded |= page.Records.Any(c => !living.Contains(c.Node));
        if (page.Next is { } next)
            Read(next);
        else
            LookAgain(isDone: !_foundStranded);
    }

    private void LookAgain(bool isDone)
    {
        _looks++;
        if (_looks < _pauses.Length || !isDone)
            Timers.StartSingleTimer(Look.Instance, Look.Instance, _pauses[Math.Min(_looks, _pauses.Length - 1)]);
    }

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }

    private sealed record Failed : INoSerializationVerificationNeeded
    {
        public static Failed Instance { get; } = new();
    }
}
