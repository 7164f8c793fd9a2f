using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Serialization;
using MessagePack;

namespace Conference.Actors.Cluster;

/// <summary>What nodes' <see cref="PeersActor"/>s say to each other.</summary>
public static class PeerMessages
{
    /// <summary>This node is here. Said until it is answered.</summary>
    /// <param name="Card">Who.</param>
    /// <param name="For">Whom it is said to: another life at its address does not answer.</param>
    /// <param name="IsAnswer">To the other's own.</param>
    [MessagePackObject]
    public sealed record Hello(
        [property: Key(0)] NodeCard Card, [property: Key(1)] NodeId For, [property: Key(2)] bool IsAnswer) : IWireMessage;

    /// <summary>From now on, send media to this node by these keys. Offered until it is taken.</summary>
    /// <param name="From">Whose.</param>
    /// <param name="For">Made for this life of a node, and no other.</param>
    /// <param name="Index">Names the key.</param>
    /// <param name="Secret">What it is derived from.</param>
    /// <param name="Endpoints">Where to send, by loop.</param>
    [MessagePackObject]
    public sealed record OfferTrunk(
        [property: Key(0)] NodeId From,
        [property: Key(1)] NodeId For,
        [property: Key(2)] ushort Index,
        [property: Key(3)] byte[] Secret,
        [property: Key(4)] ImmutableArray<string> Endpoints) : IWireMessage
    {
        /// <summary>Never the secret.</summary>
        public override string ToString() => $"OfferTrunk {{ From = {From}, Index = {Index} }}";
    }

    /// <summary>An offer has arrived.</summary>
    [MessagePackObject]
    public sealed record TrunkTaken([property: Key(0)] NodeId From, [property: Key(1)] ushort Index) : IWireMessage;

    /// <summary>This node drains, or not any more: the others are to know.</summary>
    public sealed record SetDraining(bool IsDraining) : INoSerializationVerificationNeeded;

    /// <summary>This node is about to leave the cluster: the others are to take its shards.</summary>
    public sealed record SetLeaving : INoSerializationVerificationNeeded;
}

/// <summary>What <see cref="PeersActor"/> tells the actors of its own node about the others.</summary>
public abstract record PeerNews(NodeId Node) : INoSerializationVerificationNeeded
{
    /// <summary>The way to a node is open, for the first time or again; what was said on it before may be lost.</summary>
    public sealed record Connected(NodeId Node, Address Address) : PeerNews(Node);

    /// <summary>A node is no member any more, and will never be again under this id.</summary>
    public sealed record Gone(NodeId Node) : PeerNews(Node);
}
