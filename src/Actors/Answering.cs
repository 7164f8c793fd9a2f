using Conference.Actors.Runtime;

namespace Conference.Actors;

internal static class Answering
{
    /// <summary>Tells the sender, if there is one: what was told and not asked wants no answer, and one would be a dead letter.</summary>
    public static void Answer(this IActorContext context, object answer)
    {
        if (!context.Sender.Equals(context.System.DeadLetters))
            context.Sender.Tell(answer);
    }
}
