using Akka.Actor;
using Akka.Cluster;

namespace Conference.Node.Akka;

/// <summary>A node without PostgreSQL: a cluster of its own.</summary>
public static class SingleNode
{
    /// <summary>Joins itself. Returns once it is up, in a fraction of a second.</summary>
    public static async Task JoinAsync(ActorSystem system, CancellationToken cancellationToken = default)
    {
        var cluster = Cluster.Get(system);
        await cluster.JoinAsync(cluster.SelfAddress, cancellationToken).ConfigureAwait(false);
        // It is told a moment before whoever asks for this member's state sees it.
        while (!cluster.IsUp() && !cluster.IsTerminated)
            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
    }
}
