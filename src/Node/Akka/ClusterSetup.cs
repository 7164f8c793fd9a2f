using Akka.Actor.Setup;

namespace Conference.Node.Akka;

/// <summary>What <see cref="TieLease"/>, which Akka makes by its name, finds in the actor system's set-up.</summary>
internal sealed class ClusterSetup : Setup
{
    public required ClusterDatabase Database { get; init; }

    public required ClusterIdentity Identity { get; init; }

    public required VoteBoard Votes { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>This node goes alone, and says nothing of others; why.</summary>
    public required Action<string> End { get; init; }
}
