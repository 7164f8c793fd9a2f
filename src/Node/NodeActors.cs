using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;

namespace Conference.Node;

/// <summary>The actors that the rest of the node speaks to. There once the actor system has started, which is before the listeners do.</summary>
public sealed class NodeActors(ActorSystem system)
{
    private readonly ActorRegistry _actors = ActorRegistry.For(system);

    public IActorRef Sessions => _actors.Get<SessionsActor>();

    /// <summary>The region of users.</summary>
    public IActorRef Users => _actors.Get<UserActor>();

    /// <summary>The region of rooms.</summary>
    public IActorRef Rooms => _actors.Get<RoomActor>();

    /// <summary>Answers as <see cref="Users"/>, before this node is in its cluster.</summary>
    public IActorRef UsersWarmUp => _actors.Get<WarmUpActor<UserActor>>();

    /// <summary>Answers as <see cref="Rooms"/>, before this node is in its cluster.</summary>
    public IActorRef RoomsWarmUp => _actors.Get<WarmUpActor<RoomActor>>();

    /// <summary>The region of domains.</summary>
    public IActorRef Domains => _actors.Get<DomainActor>();

    /// <summary>Takes what this node is told.</summary>
    public IActorRef Node => _actors.Get<NodeActor>();

    public IActorRef Forwarders => _actors.Get<ForwardersActor>();

    public IActorRef Shards => _actors.Get<ShardsActor>();

    public IActorRef Peers => _actors.Get<PeersActor>();

    public IClusterNodes Nodes => ClusterNodes.Of(system);
}
