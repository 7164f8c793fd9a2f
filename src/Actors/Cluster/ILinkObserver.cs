namespace Conference.Actors.Cluster;

/// <summary>
/// Hears which nodes of the view this one can reach over links, for those who decide who is to be suspected. Calls for one peer come
/// one at a time and in order; they must return quickly, and not call the links. About a peer that has left the view nothing more is said.
/// </summary>
public interface ILinkObserver
{
    /// <summary>There is a link again, or for the first time.</summary>
    void Reachable(NodeId peer);

    /// <summary>There has been no link for a second, although it was tried; not said again before <see cref="Reachable"/>.</summary>
    /// <param name="peer">In the view, and not this node.</param>
    /// <param name="since"><see cref="TimeProvider.GetTimestamp"/> when the link was lost or, if there was none yet, when the node came into the view.</param>
    void Unreachable(NodeId peer, long since);
}
