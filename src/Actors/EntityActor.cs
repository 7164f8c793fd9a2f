using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors;

/// <summary>
/// An entity that lives under a shard and asks to be stopped whenever it has nothing to keep. Between the asking and the stop
/// further messages may have given it something to keep: then it says so and lives on, and nothing is lost.
/// </summary>
public abstract class EntityActor : ReceiveActor
{
    private bool _stopping;

    protected EntityActor() => Receive<StopIfIdle>(_ => StopOrStay());

    /// <summary>True while a new instance of this would be just as good.</summary>
    protected abstract bool IsIdle { get; }

    /// <summary>As <c>Receive</c>, and looks afterwards whether this entity is still needed.</summary>
    protected void On<T>(Action<T> handle) => Receive<T>(message =>
    {
        handle(message);
        if (!IsIdle || _stopping)
            return;
        _stopping = true;
        Context.Parent.Tell(new Passivate(StopIfIdle.Instance));
    });

    private void StopOrStay()
    {
        _stopping = false;
        if (IsIdle)
            Context.Stop(Self);
        else
            Context.Parent.Tell(CancelPassivate.Instance);
    }

    private sealed record StopIfIdle
    {
        public static StopIfIdle Instance { get; } = new();
    }
}
