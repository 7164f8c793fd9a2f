using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>References that stand for no actor.</summary>
public static class ActorRefs
{
    /// <summary>A reference to nobody: swallows what it is told.</summary>
    public static IActorRef Nobody { get; } = new NobodyRef();

    /// <summary>"Nobody sent this": the receiver's <c>Sender</c> is then the dead letters.</summary>
    public static IActorRef? NoSender => null;

    public static bool IsNobody(this IActorRef? actor) => actor is null or NobodyRef;
}
