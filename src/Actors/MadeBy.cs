using Akka.Actor;

namespace Conference.Actors;

/// <summary>
/// Props of actors that there is one of for every call or entity. What <see cref="Props.Create{TActor}(System.Linq.Expressions.Expression{Func{TActor}}, SupervisorStrategy)"/>
/// is given is an expression tree: built, taken apart and run by reflection for each actor.
/// </summary>
internal static class MadeBy
{
    public static Props Props<T>(Func<T> make)
        where T : ActorBase =>
        global::Akka.Actor.Props.CreateBy(new Producer<T>(make));

    private sealed class Producer<T>(Func<T> make) : IIndirectActorProducer
        where T : ActorBase
    {
        public Type ActorType => typeof(T);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }
}
