using Conference.Actors.Cluster;

namespace Conference.Actors.Remoting;

/// <summary>On the event stream: a link is up (again). What was told before may be lost.</summary>
public sealed record NodeConnected(NodeId Node);

/// <summary>On the event stream: a link is down. The node may be well.</summary>
public sealed record NodeDisconnected(NodeId Node);
