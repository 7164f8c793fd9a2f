using System.Collections.Concurrent;
using Conference.Actors.Remoting;
using Conference.Actors.Runtime;

namespace Conference.Actors.Cluster;

/// <summary>
/// Tells every newer <see cref="ClusterView"/>, and every link that is up (again, <see cref="NodeConnected"/>), to actors that come and go by
/// the thousand. Who is added looks at <see cref="ICluster.View"/> itself, after that. Safe from any thread.
/// </summary>
public sealed class ViewFeed
{
    private readonly ConcurrentDictionary<IActorRef, byte> _actors = new();

    /// <summary>Follows for as long as the system runs.</summary>
    /// <param name="system">Whose links.</param>
    /// <param name="cluster">Whose views.</param>
    public ViewFeed(ActorSystem system, ICluster cluster)
    {
        cluster.Subscribe(Tell);
        var links = system.ActorOf(Props.Create(() => new LinkFeedActor(this)), "link-feed");
        system.EventStream.Subscribe(links, typeof(NodeConnected));
    }

    public void Add(IActorRef actor) => _actors[actor] = 0;

    public void Remove(IActorRef actor) => _actors.TryRemove(actor, out _);

    private void Tell(object news)
    {
        foreach (var (actor, _) in _actors)
            actor.Tell(news, ActorRefs.NoSender);
    }

    private sealed class LinkFeedActor : ReceiveActor
    {
        public LinkFeedActor(ViewFeed feed) => Receive<NodeConnected>(feed.Tell);
    }
}
