using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>The directive applies to the child that failed, and to no other.</summary>
public sealed class OneForOneStrategy(
    int maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive>? decider = null)
    : SupervisorStrategy(maxNrOfRetries, withinTimeRange, decider)
{
    public OneForOneStrategy(Func<Exception, Directive> decider) : this(-1, null, decider)
    {
    }

    internal override void Apply(Directive directive, ActorCell parent, Failed failure)
    {
        if (directive == Directive.Restart && MayRestart(parent, failure.Child))
            failure.Child.SendSystem(new Recreate(failure.Cause, failure.Message));
        else
            parent.Stop(failure.Child);
    }
}
