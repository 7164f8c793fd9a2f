using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors;

/// <summary>
/// How an entity that has nothing to keep asks its shard to be stopped. Between the asking and the stop further messages may have
/// given it something to keep: then it says so and lives on, and nothing is lost.
/// </summary>
internal struct Passivation
{
    private bool _isAsked;

    /// <summary>The entity is idle. Asked once until <see cref="StopOrStay"/>.</summary>
    public void Ask(IActorContext context)
    {
        if (_isAsked)
            return;
        _isAsked = true;
        context.Parent.Tell(new Passivate(StopIfIdle.Instance));
    }

    /// <summary>For <see cref="StopIfIdle"/>.</summary>
    public void StopOrStay(IActorContext context, bool isIdle)
    {
        _isAsked = false;
        if (isIdle)
            context.Stop(context.Self);
        else
            context.Parent.Tell(CancelPassivate.Instance);
    }

    /// <summary>What the shard sends back.</summary>
    public sealed record StopIfIdle
    {
        public static StopIfIdle Instance { get; } = new();
    }
}
