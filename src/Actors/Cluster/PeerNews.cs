using Akka.Actor;

namespace Conference.Actors.Cluster;

/// <summary>What <see cref="PeersActor"/> tells the actors of its own node about the others.</summary>
public abstract record PeerNews(NodeId Node) : INoSerializationVerificationNeeded
{
    /// <summary>The way to a node is open, for the first time or again; what was said on it before may be lost.</summary>
    public sealed record Connected(NodeId Node, Address Address) : PeerNews(Node);

    /// <summary>A node is no member any more, and will never be again under this id.</summary>
    public sealed record Gone(NodeId Node) : PeerNews(Node);
}
