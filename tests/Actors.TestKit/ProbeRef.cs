using System.Collections.Concurrent;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.TestKit;

/// <summary>A reference that keeps what it is told. It has no turn of its own: a message is here as soon as Tell returns.</summary>
internal sealed class ProbeRef(ActorSystem system, string name) : IInternalActorRef
{
    public ActorPath Path { get; } = new(new ActorPath(null, "probe"), name);

    public ActorSystem System => system;

    public bool IsTerminated => false;

    internal BlockingCollection<(object Message, IActorRef? Sender)> Received { get; } = [];

    public void Tell(object message, IActorRef? sender) => Received.Add((message, sender));

    public void SendSystem(SystemMessage message)
    {
        if (message is DeathWatchNotification death)
            Tell(new Terminated(death.Actor, death.ExistenceConfirmed), death.Actor);
    }
}
