using Akka.Actor;

namespace Conference.Actors;

internal static class Answering
{
    /// <summary>Answers the sender, if there is one: an answer to a message that was told, not asked, would be a dead letter.</summary>
    public static void Answer(this IActorContext context, object answer)
    {
        if (context.Asker() is { } asker)
            asker.Tell(answer, context.Self);
    }

    /// <summary>Who is to be answered; null (which is <see cref="ActorRefs.NoSender"/>) for what was told.</summary>
    public static IActorRef? Asker(this IActorContext context) => context.Sender.Equals(context.System.DeadLetters) ? null : context.Sender;
}
