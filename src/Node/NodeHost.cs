using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Node.Akka;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Media.Transport;
using Conference.Node.Draining;
using Conference.Node.Settings;
using Conference.Protocol.Addresses;

namespace Conference.Node;

/// <summary>
/// The node in its cluster, from joining to leaving: when clients are welcome, and how they are told that they are no more. Starts after the actors
/// and before the listeners, and says farewell before the listeners stop.
/// </summary>
public sealed class NodeHost(
    NodeSettings settings, NodeActors actors, INodeMembership membership, StoreHealth store, JoinHealth joins, IActingGuard guard, MediaPlane plane,
    Drain drain, ILogger<NodeHost> log) : IHostedService
{
    /// <summary>How long clients have to take their 421 before the process goes on without them.</summary>
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    /// <summary>How long a start waits for every shard to have an owner. After it the node is started all the same.</summary>
    private static readonly TimeSpan _shardsLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _warmUpLimit = TimeSpan.FromSeconds(4);

    private readonly Lock _gate = new();
    private volatile bool _isOpen;
    private Task? _goodbye;

    /// <summary>Started, and not stopping.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Clients are welcome: in a cluster that has a majority, with a store that stores, with CONNs that come to something, and not draining.</summary>
    public bool IsReady => _isOpen && guard.MayAct && membership.IsUp && store.IsWell && joins.IsWell && !drain.IsGoingOn;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await WarmUpAsync();
        await membership.JoinAsync(cancellationToken);
        try
        {
            await actors.Shards.Ask<ShardsActor.AllAnswer>(new ShardsActor.WhenAllAnswer(), _shardsLimit, cancellationToken);
        }
        catch (AskTimeoutException)
        {
            Log.ShardsWithoutOwner(log);
        }

        _isOpen = true;
        Log.Started(log, settings.Name, settings.Media.Ports.First, settings.Media.Ports.Last, settings.Media.Loops);
        var offload = plane.Read().Offload;
        Log.Offload(log, offload.Segmentation, offload.Coalescing);
        if (plane.TrunkEndpoints is { IsEmpty: false } trunks)
            Log.Trunks(log, string.Join(", ", trunks));
        if (plane.WebNumber > 0)
            Log.Browsers(log, plane.WebNumber);
        else if (settings.Media.Web is not null && plane.OpenWeb(default) is WebOpening.Off off)
            Log.NoBrowsers(log, off.Reason);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The first user and the first room that are read from the journal take a second of compiling: that is not to be a client's.</summary>
    private async Task WarmUpAsync()
    {
        membership.BeginActing();
        var nobody = Name.Guest(0);
        try
        {
            await Task.WhenAll(
                actors.UsersWarmUp.Ask(new UserQueries.Find(nobody), _warmUpLimit), actors.RoomsWarmUp.Ask(new RoomQueries.Find(nobody), _warmUpLimit));
        }
        catch (AskTimeoutException)
        {
            // The first client waits instead.
        }
    }

    /// <summary>Tells every client 421, and waits a little until they are gone and their rooms know. Once: asked again, it is the same goodbye.</summary>
    /// <param name="reason">What clients are told.</param>
    public Task SayFarewellAsync(string reason)
    {
        lock (_gate)
            return _goodbye ??= CloseSessionsAsync(reason);
    }

    private async Task CloseSessionsAsync(string reason)
    {
        _isOpen = false;
        try
        {
            var told = await actors.Sessions.Ask<SessionsTold>(new SessionsCommands.Close(reason), _farewell);
            Log.Stopped(log, told.Sessions);
            await RoomsKnowAsync().WaitAsync(_farewell);
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            Log.FarewellTimedOut(log);
        }
    }

    /// <summary>Rooms write down how their calls ended: a forwarder lives until its room has taken note of all who left.</summary>
    private async Task RoomsKnowAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await actors.Forwarders.Ask<int>(new ForwardersActor.CountRooms(), _farewell) > 0)
            await timer.WaitForNextTickAsync();
    }
}
