using Conference.Actors.Cluster;
using Conference.Media;

namespace Conference.Actors.Forwarding;

/// <summary>What nodes say to each other's <see cref="TrunksActor"/>.</summary>
public static class TrunkCommands
{
    /// <summary>From now on, send to this node by this offer.</summary>
    /// <param name="From">Which node's.</param>
    /// <param name="Offer">Made for the node it is told.</param>
    public sealed record Take(NodeId From, TrunkOffer Offer);
}
