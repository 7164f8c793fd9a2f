namespace Conference.Actors.Runtime;

/// <summary>A message nobody will ever receive. Published on <see cref="ActorSystem.EventStream"/>.</summary>
public sealed record DeadLetter(object Message, IActorRef? Sender, IActorRef Recipient, DeadLetterReason Reason);
