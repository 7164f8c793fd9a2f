using Akka.Actor;

namespace Conference.Actors.Tracing;

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
