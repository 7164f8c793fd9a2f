namespace Conference.Actors.Runtime;

/// <summary>What an actor knows of itself and its surroundings. To be used on the actor's own turn only.</summary>
public interface IActorContext : IActorRefFactory
{
    IActorRef Self { get; }

    /// <summary>Who sent the current message; the dead letters when nobody did.</summary>
    IActorRef Sender { get; }

    IActorRef Parent { get; }

    ActorSystem System { get; }

    Props Props { get; }

    TimeSpan? ReceiveTimeout { get; }

    /// <summary>The child of that name, or <see cref="ActorRefs.Nobody"/>.</summary>
    IActorRef Child(string name);

    IReadOnlyCollection<IActorRef> GetChildren();

    /// <summary>Asks for one <see cref="Terminated"/> when <paramref name="subject"/> stops, at once if it has.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>As <see cref="Watch"/>, with a message of the watcher's own instead of <see cref="Terminated"/>.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes a watch back; a notice that is already queued is not delivered any more.</summary>
    IActorRef Unwatch(IActorRef subject);

    /// <summary>Sends <see cref="Runtime.ReceiveTimeout"/> whenever nothing was received for this long; null ends it.</summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    void Become(Receive receive);

    void BecomeStacked(Receive receive);

    void UnbecomeStacked();
}
