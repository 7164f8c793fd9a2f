using System.Collections.Immutable;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>Tells subscribers what happens in the system, by event type. The kernel publishes <see cref="DeadLetter"/>.</summary>
public sealed class EventStream
{
    private ImmutableList<(IActorRef Subscriber, Type Type)> _subscriptions = [];

    internal bool HasSubscribers => !_subscriptions.IsEmpty;

    /// <summary>From now on tells <paramref name="subscriber"/> every event of this type or a derived one. Ends when it stops.</summary>
    /// <returns>False when it was subscribed already.</returns>
    public bool Subscribe(IActorRef subscriber, Type type)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(type);
        return ImmutableInterlocked.Update(
            ref _subscriptions, (list, entry) => list.Contains(entry) ? list : list.Add(entry), (subscriber, type));
    }

    public bool Unsubscribe(IActorRef subscriber, Type type) =>
        ImmutableInterlocked.Update(ref _subscriptions, (list, entry) => list.Remove(entry), (subscriber, type));

    public bool Unsubscribe(IActorRef subscriber) =>
        ImmutableInterlocked.Update(ref _subscriptions, (list, who) => list.RemoveAll(s => s.Subscriber.Equals(who)), subscriber);

    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        foreach (var (subscriber, type) in _subscriptions)
        {
            if (!type.IsInstanceOfType(@event))
                continue;
            if (subscriber is IInternalActorRef { IsTerminated: true })
                Unsubscribe(subscriber);
            else
                subscriber.Tell(@event, ActorRefs.NoSender);
        }
    }
}
