using Conference.Actors.Cluster;
using Microsoft.Extensions.Logging;

namespace Conference.Actors;

/// <summary>What a node gives its users and rooms.</summary>
/// <param name="Guard">Whether they may act.</param>
/// <param name="Store">Whether they need not try to store.</param>
/// <param name="Nodes">Which nodes there are, and how they are reached.</param>
/// <param name="Metrics">Where they count.</param>
/// <param name="Log">For lines that belong to a trace.</param>
public sealed record EntityContext(IActingGuard Guard, IStoreHealth Store, IClusterNodes Nodes, ConferenceMetrics Metrics, ILogger Log);
