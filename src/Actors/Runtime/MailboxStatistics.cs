namespace Conference.Actors.Runtime;

/// <summary>How full the mailboxes are. Made by a walk over all actors and their queues: for a scrape, not for a loop.</summary>
/// <param name="Queued">User messages waiting in all mailboxes.</param>
/// <param name="Deepest">The most that wait in one.</param>
/// <param name="DeepestActor">Whose that is; null when nothing waits.</param>
public sealed record MailboxStatistics(long Queued, int Deepest, ActorPath? DeepestActor);
