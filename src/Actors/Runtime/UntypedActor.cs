namespace Conference.Actors.Runtime;

/// <summary>An actor that looks at every message itself.</summary>
public abstract class UntypedActor : ActorBase
{
    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    /// <summary>Call <see cref="ActorBase.Unhandled"/> for what is not understood.</summary>
    protected abstract void OnReceive(object message);

    protected void Become(Action<object> receive) => Become(Always(receive));

    protected void BecomeStacked(Action<object> receive) => BecomeStacked(Always(receive));

    private static Receive Always(Action<object> receive) => message =>
    {
        receive(message);
        return true;
    };
}
