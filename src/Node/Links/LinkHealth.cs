using Conference.Actors.Cluster;

namespace Conference.Node.Links;

/// <summary>How the links are, for those who look. Safe from any thread.</summary>
public interface ILinkHealth
{
    /// <summary>One for every other node of the view, linked or not.</summary>
    IReadOnlyList<LinkHealth> Read();
}

/// <param name="Peer">Which node.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsConnected">There is a link.</param>
/// <param name="Since">When it came, or when the last one went; when the node came into the view if there was none yet.</param>
/// <param name="RoundTrip">Of the last ping; null while there is none.</param>
/// <param name="QueueBytes">That wait to be sent.</param>
/// <param name="Dropped">Messages for it that were not taken, since it came into the view.</param>
/// <param name="Release">What it runs; null without a link.</param>
/// <param name="Protocol">What is spoken; null without a link.</param>
public sealed record LinkHealth(
    NodeId Peer, string Name, bool IsConnected, DateTimeOffset Since, TimeSpan? RoundTrip, int QueueBytes, long Dropped, string? Release, int? Protocol);
