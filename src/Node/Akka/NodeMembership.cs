using Akka.Actor;
using Akka.Cluster;
using Conference.Node.Akka.Remoting;

namespace Conference.Node.Akka;

/// <summary>This node's way into its cluster.</summary>
public interface INodeMembership
{
    /// <summary>The cluster counts this node among its own.</summary>
    bool IsUp { get; }

    /// <summary>Nobody can act in the place of a node that has never been in: it may read for a moment, before it joins.</summary>
    void BeginActing();

    /// <summary>Returns once this node is up; waits while the database is away.</summary>
    /// <exception cref="ClusterStartException">It never will be.</exception>
    Task JoinAsync(CancellationToken cancellationToken);
}

/// <summary>Without PostgreSQL: a cluster of its own.</summary>
public sealed class LoneMembership(ActorSystem system) : INodeMembership
{
    public bool IsUp => Cluster.Get(system).IsUp();

    public void BeginActing()
    {
        // It always may.
    }

    public Task JoinAsync(CancellationToken cancellationToken) => SingleNode.JoinAsync(system, cancellationToken);
}

/// <summary>With it: whoever is there is found in the table of nodes.</summary>
public sealed class SharedMembership(ActorSystem system, NodeTable table, ActingGuard guard, Func<NodeCredentials> credentials) : INodeMembership
{
    public bool IsUp => Cluster.Get(system).IsUp();

    public void BeginActing() => guard.Begin();

    public Task JoinAsync(CancellationToken cancellationToken) => table.JoinAsync(system, credentials(), cancellationToken);
}

internal static class Membership
{
    public static bool IsUp(this Cluster cluster) => cluster.SelfMember.Status == MemberStatus.Up;
}

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

/// <summary>This node cannot be a node of its cluster; the message is the sentence that the operator reads. The process ends with exit code 1.</summary>
public sealed class ClusterStartException(string message, Exception? cause = null) : Exception(message, cause);
