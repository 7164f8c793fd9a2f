using System.Diagnostics;
using Akka.Actor;
using Conference.Actors.Serialization;

namespace Conference.Actors.Tracing;

/// <summary>A message, and the span under which it is to be handled. The message alone where nobody follows.</summary>
/// <param name="Message">What is told.</param>
/// <param name="Parent">Recorded; its ids are all that crosses to another node.</param>
public sealed record Traced(object Message, ActivityContext Parent) : IWireMessage
{
    /// <summary><paramref name="message"/> as it is to be told from here.</summary>
    public static object Wrap(object message) => Wrap(message, ActorTracing.Current);

    internal static object Wrap(object message, Activity? span) => span is null ? message : new Traced(message, span.Context);

    /// <summary>What was told, with or without a trace.</summary>
    public static object Unwrap(object message) => message is Traced traced ? traced.Message : message;

    public override string ToString() => $"Traced {{ {Message.GetType().Name} }}";
}

internal static class TracedTelling
{
    /// <summary>Tells in the name of <paramref name="sender"/>, within the trace that runs here.</summary>
    public static void TellTraced(this IActorRef whom, object message, IActorRef sender) => whom.Tell(Traced.Wrap(message), sender);

    /// <summary>Passes a question on: its asker is answered by <paramref name="whom"/>.</summary>
    public static void ForwardTraced(this IActorRef whom, object message) => whom.Forward(Traced.Wrap(message));
}

/// <summary>An actor that handles what is told as part of a trace in a span of its own.</summary>
public abstract class TracedActor : ReceiveActor
{
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is not Traced traced)
            return base.AroundReceive(receive, message);
        using var span = ActorTracing.StartHandling(this, traced);
        return base.AroundReceive(receive, traced.Message);
    }
}
