using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Conference.Actors.Cluster;

/// <summary>
/// Reads a user or room that nobody is from the journal while the node owns nothing yet: a second of compiling that whoever is handed over to the node
/// first would wait for. An entity here belongs to no shard.
/// </summary>
/// <typeparam name="T">The entities' actor, under which this is registered.</typeparam>
public sealed class WarmUpActor<T> : ReceiveActor
    where T : ActorBase
{
    public WarmUpActor(Func<string, Props> entities)
    {
        Receive<IEntityMessage>(question => Context.ActorOf(entities(question.EntityId)).Forward(question));
        Receive<Passivate>(idle => Sender.Tell(idle.StopMessage));
    }
}
