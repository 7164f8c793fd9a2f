using System.Collections.Concurrent;
using Conference.Actors.Runtime;

namespace Conference.Actors.Cluster;

/// <summary>
/// Tells every newer <see cref="ClusterView"/> to actors that come and go by the thousand. Who is added looks at
/// <see cref="ICluster.View"/> itself, after that. Safe from any thread.
/// </summary>
public sealed class ViewFeed
{
    private readonly ConcurrentDictionary<IActorRef, byte> _actors = new();

    /// <param name="cluster">Whose views. Followed for as long as there is a process.</param>
    public ViewFeed(ICluster cluster) => cluster.Subscribe(Tell);

    public void Add(IActorRef actor) => _actors[actor] = 0;

    public void Remove(IActorRef actor) => _actors.TryRemove(actor, out _);

    private void Tell(ClusterView view)
    {
        foreach (var (actor, _) in _actors)
            actor.Tell(view, ActorRefs.NoSender);
    }
}
