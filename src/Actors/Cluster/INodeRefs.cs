using Conference.Actors.Forwarding;
using Conference.Actors.Runtime;

namespace Conference.Actors.Cluster;

/// <summary>
/// What every node has, wherever it is: references by the node's id. Told while the node cannot be reached, a message is lost; watched, they
/// end (<see cref="Terminated"/>) when their node is declared down, at once for one that the view does not have. Safe from any thread.
/// </summary>
public interface INodeRefs
{
    /// <summary>The forwarders of that node, which take every <see cref="IForwarderMessage"/>.</summary>
    IActorRef Forwarders(NodeId node);

    /// <summary>Who knows what runs on that node: takes <see cref="ListAwake"/>.</summary>
    IActorRef Awake(NodeId node);

    /// <summary>Who says how that node is: takes <see cref="ReadFigures"/>.</summary>
    IActorRef Figures(NodeId node);

    /// <summary>Who drains that node: takes <see cref="DrainCommands"/>.</summary>
    IActorRef Drain(NodeId node);
}
