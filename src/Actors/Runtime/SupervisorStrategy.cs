using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>
/// How a parent answers its children's failures. Strategies hold no state (a child's restarts are counted with the child),
/// so one instance may serve any number of parents.
/// </summary>
/// <param name="maxNrOfRetries">Restarts a child is allowed before it is stopped; negative for no limit, zero for none.</param>
/// <param name="withinTimeRange">The window in which they are counted; null for the child's whole life.</param>
/// <param name="decider">Maps the exception to a directive; null for <see cref="DefaultDecider"/>.</param>
public abstract class SupervisorStrategy(int maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive>? decider)
{
    /// <summary>Restarts one child at most 10 times a minute, then stops it: a loop of failures must end by itself.</summary>
    public static SupervisorStrategy Default { get; } = new OneForOneStrategy(10, TimeSpan.FromMinutes(1), DefaultDecider);

    /// <summary>Stops a child that fails.</summary>
    public static SupervisorStrategy Stopping { get; } = new OneForOneStrategy(_ => Directive.Stop);

    public static Directive DefaultDecider(Exception cause) =>
        cause is ActorInitializationException or ActorKilledException or DeathPactException ? Directive.Stop : Directive.Restart;

    internal Directive Decide(Exception cause) => (decider ?? DefaultDecider)(cause);

    internal bool MayRestart(ActorCell parent, ActorCell child) =>
        parent.RestartsOf(child).RequestPermission(maxNrOfRetries, withinTimeRange);

    internal abstract void Apply(Directive directive, ActorCell parent, Failed failure);
}
