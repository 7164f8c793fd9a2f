using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>A restart or stop applies to all children: for siblings that cannot work without each other.</summary>
public sealed class AllForOneStrategy(
    int maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive>? decider = null)
    : SupervisorStrategy(maxNrOfRetries, withinTimeRange, decider)
{
    public AllForOneStrategy(Func<Exception, Directive> decider) : this(-1, null, decider)
    {
    }

    internal override void Apply(Directive directive, ActorCell parent, Failed failure)
    {
        var children = parent.ChildCells();
        var restart = directive == Directive.Restart && children.All(child => MayRestart(parent, child));
        foreach (var child in children)
        {
            if (!restart)
            {
                parent.Stop(child);
                continue;
            }
            // A restart ends one suspension. The failed child suspended itself; its siblings are suspended here.
            if (child != failure.Child)
                child.SendSystem(new Suspend());
            child.SendSystem(new Recreate(failure.Cause, child == failure.Child ? failure.Message : null));
        }
    }
}
