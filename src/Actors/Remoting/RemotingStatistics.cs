namespace Conference.Actors.Remoting;

/// <summary>What came over the links and could not be delivered, since the start; and what is held now.</summary>
/// <param name="Malformed">Messages that are none of any version's.</param>
/// <param name="Unknown">Messages of a kind that this version does not know.</param>
/// <param name="Stale">Messages from or for an earlier life of a node.</param>
/// <param name="Exports">Actors and promises of this node that others were told of.</param>
/// <param name="Watches">Actors of other nodes that some here watch.</param>
public sealed record RemotingStatistics(long Malformed, long Unknown, long Stale, int Exports, int Watches);
