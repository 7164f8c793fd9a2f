namespace Conference.Cluster.Tests.Support;

/// <summary>How a node of a <see cref="TestCluster"/> was started, so that it can be started again in the same place.</summary>
/// <param name="Launch">What runs before the command, and its variables.</param>
/// <param name="Address">Its own.</param>
/// <param name="ClusterPort"><c>Cluster:Port</c></param>
/// <param name="Database"><c>Store:Postgres</c>, as it was given.</param>
/// <param name="Settings">All others.</param>
internal sealed record NodeStart(NodeLaunch Launch, string Address, int ClusterPort, string Database, IReadOnlyList<string> Settings);
