namespace Conference.Actors.Runtime;

/// <summary>How full the mailboxes are. Made by a walk over all actors and their queues: for a scrape, not for a loop.</summary>
/// <param name="Queued">User messages waiting in all mailboxes.</param>
/// <param name="Deepest">The most that wait in one.</param>
/// <param name="DeepestActor">Whose that is; null when nothing waits.</param>
/// <param name="ByType">The same by <see cref="Props.ActorType"/>'s name, for every type with a live actor.</param>
public sealed record MailboxStatistics(long Queued, int Deepest, ActorPath? DeepestActor, IReadOnlyDictionary<string, MailboxDepth> ByType);

/// <summary>The mailboxes of all actors of one type.</summary>
/// <param name="Queued">User messages waiting.</param>
/// <param name="Stashed">Messages put aside for later.</param>
/// <param name="Deepest">The most that wait in one mailbox.</param>
public readonly record struct MailboxDepth(long Queued, long Stashed, int Deepest);
