namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// The handlers of one behaviour of one actor: only the delegates are its own. Which message type goes to which of them is the same
/// for every actor that declared the same handlers in the same order, and is kept once, in their <see cref="HandlerShape"/>.
/// </summary>
internal sealed class Behaviour
{
    private HandlerShape _shape = HandlerShape.Empty;
    private object[] _handlers = [];

    internal void Add(MessageHandler kind, object handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var index = _shape.Count;
        _shape = _shape.With(kind);
        if (index == _handlers.Length)
            Array.Resize(ref _handlers, Math.Max(4, index * 2));
        _handlers[index] = handler;
    }

    internal bool Handle(ActorCell cell, object message)
    {
        foreach (var index in _shape.CandidatesFor(message.GetType()))
            if (_shape[index].Invoke(cell, _handlers[index], message))
                return true;
        return false;
    }

    /// <summary>A new behaviour with the handlers that <paramref name="configure"/> declares.</summary>
    /// <param name="declaring">Where the actor keeps the behaviour its declarations go to; as it was afterwards.</param>
    /// <param name="cell">The actor's.</param>
    /// <param name="configure">Declares.</param>
    internal static Receive Declare(ref Behaviour? declaring, ActorCell cell, Action configure)
    {
        var outer = declaring;
        var behaviour = new Behaviour();
        declaring = behaviour;
        try
        {
            configure();
        }
        finally
        {
            declaring = outer;
        }
        return message => behaviour.Handle(cell, message);
    }
}
