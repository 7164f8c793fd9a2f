namespace Conference.Actors.Runtime.Execution;

/// <summary>How to call one kind of handler. One instance per kind and message type in the process, shared by all actors.</summary>
internal abstract class MessageHandler
{
    internal abstract Type MessageType { get; }

    /// <returns>False when the handler declined.</returns>
    internal abstract bool Invoke(ActorCell cell, object handler, object message);
}

internal sealed class ActionHandler<T> : MessageHandler
{
    internal static readonly ActionHandler<T> Instance = new();

    internal override Type MessageType => typeof(T);

    internal override bool Invoke(ActorCell cell, object handler, object message)
    {
        ((Action<T>)handler)((T)message);
        return true;
    }
}

internal sealed class FuncHandler<T> : MessageHandler
{
    internal static readonly FuncHandler<T> Instance = new();

    internal override Type MessageType => typeof(T);

    internal override bool Invoke(ActorCell cell, object handler, object message) => ((Func<T, bool>)handler)((T)message);
}

internal sealed class AsyncHandler<T> : MessageHandler
{
    internal static readonly AsyncHandler<T> Instance = new();

    internal override Type MessageType => typeof(T);

    internal override bool Invoke(ActorCell cell, object handler, object message)
    {
        cell.RunTask((Func<T, Task>)handler, (T)message);
        return true;
    }
}
