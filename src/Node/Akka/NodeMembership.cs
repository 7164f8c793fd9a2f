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
