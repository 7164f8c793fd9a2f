using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>An actor that declares a handler per message type, in its constructor and in the argument of a Become.</summary>
public abstract class ReceiveActor : ActorBase
{
    private readonly Behaviour _initial = new();
    private Behaviour? _declaring;

    protected ReceiveActor() => _declaring = _initial;

    private Behaviour Declaring =>
        _declaring ?? throw new InvalidOperationException("Handlers are declared in the constructor or inside Become");

    protected sealed override bool Receive(object message)
    {
        _declaring = null;
        return _initial.Handle(Cell, message);
    }

    /// <summary>Handlers are tried in the order of their declaration; a base type or interface takes all that derive from it.</summary>
    protected void Receive<T>(Action<T> handler) => Declaring.Add(ActionHandler<T>.Instance, handler);

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) =>
        Receive<T>(message =>
        {
            if (!shouldHandle(message))
                return false;
            handler(message);
            return true;
        });

    /// <summary>A handler that may decline by returning false; the next one is tried then.</summary>
    protected void Receive<T>(Func<T, bool> handler) => Declaring.Add(FuncHandler<T>.Instance, handler);

    /// <summary>See <see cref="ActorBase.RunTask"/> for what holds while the task runs.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler) => Declaring.Add(AsyncHandler<T>.Instance, handler);

    protected void ReceiveAny(Action<object> handler) => Receive(handler);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAsync(handler);

    /// <summary>Replaces the current behaviour with the handlers that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure) => Become(Declare(configure));

    /// <summary>Puts a behaviour on top of the current one; <see cref="ActorBase.UnbecomeStacked"/> goes back.</summary>
    protected void BecomeStacked(Action configure) => BecomeStacked(Declare(configure));

    private Receive Declare(Action configure) => Behaviour.Declare(ref _declaring, Cell, configure);
}
