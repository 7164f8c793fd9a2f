using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>What can be done with a reference beyond telling it something.</summary>
public static class ActorRefExtensions
{
    /// <summary>Tells with the actor that runs on this thread as the sender, or none outside of actors.</summary>
    public static void Tell(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, Worker.RunningCell);
    }

    /// <summary>Passes a message on with its original sender. Outside of actors the sender is none.</summary>
    public static void Forward(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, Worker.RunningCell?.SenderOrNone);
    }

    /// <summary>Tells and waits for one reply.</summary>
    /// <param name="receiver">Whom to ask.</param>
    /// <param name="message">The question.</param>
    /// <param name="timeout">How long to wait, by the system's clock; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <exception cref="AskTimeoutException">No reply in time. A reply that comes later is a dead letter.</exception>
    /// <exception cref="InvalidCastException">The reply was no <typeparamref name="T"/>.</exception>
    public static Task<T> Ask<T>(
        this IActorRef receiver, object message, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        var promise = new PromiseActorRef<T>(IInternalActorRef.Of(receiver), message, timeout, cancellationToken);
        receiver.Tell(message, promise);
        return promise.Reply;
    }

    /// <summary>Sends <see cref="PoisonPill"/> (or <paramref name="stopMessage"/>) and completes once the actor has stopped.</summary>
    /// <returns>True when it stopped in time, false when the time ran out.</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object? stopMessage = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var watchee = IInternalActorRef.Of(target);
        var promise = new PromiseActorRef<Terminated>(watchee, "graceful stop", timeout, CancellationToken.None);
        watchee.SendSystem(new Watch(promise));
        target.Tell(stopMessage ?? PoisonPill.Instance, ActorRefs.NoSender);
        try
        {
            await promise.Reply;
            return true;
        }
        catch (AskTimeoutException)
        {
            watchee.SendSystem(new Unwatch(promise));
            return false;
        }
    }
}
