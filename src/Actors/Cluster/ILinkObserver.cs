namespace Conference.Actors.Cluster;

/// <summary>
/// Hears which nodes this one has links to, for those who decide who is to be suspected. At first there are none. Calls for one peer come one
/// at a time and in order; they must return quickly, and not call the links.
/// </summary>
public interface ILinkObserver
{
    void LinkUp(NodeId peer);

    /// <summary>It is tried again for as long as the node is in the view.</summary>
    void LinkDown(NodeId peer);
}
