namespace Conference.Node.Akka;

/// <summary>This node cannot be a node of its cluster; the message is the sentence that the operator reads. The process ends with exit code 1.</summary>
public sealed class ClusterStartException(string message, Exception? cause = null) : Exception(message, cause);
