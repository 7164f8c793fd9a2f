using Conference.Actors.Runtime;

namespace Conference.Actors;

/// <summary>An entity that lives under a shard and asks to be stopped whenever it has nothing to keep; see <see cref="Passivation"/>.</summary>
public abstract class EntityActor : ReceiveActor
{
    private Passivation _passivation;

    protected EntityActor() => Receive<Passivation.StopIfIdle>(_ => _passivation.StopOrStay(Context, IsIdle));

    /// <summary>True while a new instance of this would be just as good.</summary>
    protected abstract bool IsIdle { get; }

    /// <summary>As <c>Receive</c>, and looks afterwards whether this entity is still needed.</summary>
    protected void On<T>(Action<T> handle) => Receive<T>(message =>
    {
        handle(message);
        if (IsIdle)
            _passivation.Ask(Context);
    });
}
