using System.Diagnostics;
using Akka.Actor;
using Conference.Actors.Tracing;

namespace Conference.Actors;

/// <summary>Asking users and rooms, which move: what waits in a mailbox while they do is lost, and so is what is told a node that has just died.</summary>
public static class Asking
{
    /// <summary>
    /// How long each try waits before the same is asked again; the last holds from there on. Short for as long as it takes until other
    /// nodes own the shards of a node that was killed: a client notices it only at its next try.
    /// </summary>
    private static readonly TimeSpan[] _patience = [.. ((double[])[0.3, 0.3, 0.3, 0.3, 0.3, 0.5, 1, 2]).Select(TimeSpan.FromSeconds)];

    /// <summary>
    /// Asks through a region, again and again until the deadline. Whatever may be asked so does not mind being asked twice: it changes nothing,
    /// or carries an id.
    /// </summary>
    /// <exception cref="UnavailableException">The entity said <see cref="Unavailable"/>, or said nothing before the deadline.</exception>
    public static async Task<T> AskEntityAsync<T>(this IActorRef region, IEntityMessage question, TimeSpan deadline)
    {
        var asked = TimeProvider.System.GetTimestamp();
        var span = ActorTracing.StartPart($"ask {question.GetType().Name}", ActivityKind.Client);
        object told = Traced.Wrap(question, span);
        Exception? failure = null;
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                var left = deadline - TimeProvider.System.GetElapsedTime(asked);
                if (left <= TimeSpan.Zero)
                    throw new UnavailableException($"{question.GetType().Name} was not answered in time");
                var patience = _patience[Math.Min(attempt, _patience.Length - 1)];
                try
                {
                    return Take<T>(await region.Ask<object>(told, patience < left ? patience : left).ConfigureAwait(false), question);
                }
                catch (AskTimeoutException)
                {
                    // Lost on its way, perhaps: again.
                }
            }
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            ActorTracing.End(span, failure);
        }
    }

    /// <summary>Asks an actor of this node, or one that stays where it is: once.</summary>
    /// <exception cref="AskTimeoutException">No answer in time.</exception>
    /// <exception cref="UnavailableException">It said <see cref="Unavailable"/>.</exception>
    public static async Task<T> AskTracedAsync<T>(this ICanTell whom, object question, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var span = ActorTracing.StartPart($"ask {question.GetType().Name}", ActivityKind.Client);
        try
        {
            var answer = Take<T>(await whom.Ask<object>(Traced.Wrap(question, span), deadline, cancellation).ConfigureAwait(false), question);
            ActorTracing.End(span);
            return answer;
        }
        catch (Exception e)
        {
            ActorTracing.End(span, e);
            throw;
        }
    }

    private static T Take<T>(object answer, object question) => answer switch
    {
        T expected => expected,
        Unavailable => throw new UnavailableException($"{question.GetType().Name} cannot be answered now"),
        _ => throw new InvalidOperationException($"{answer.GetType().Name} is no answer to {question.GetType().Name}"),
    };
}
