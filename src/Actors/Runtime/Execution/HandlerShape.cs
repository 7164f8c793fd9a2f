using System.Collections.Concurrent;

namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// A sequence of declared handler kinds, and which of them may take a message of a given type. Shapes form a tree: declaring one
/// more handler leads to the next shape. There are as many as there are behaviours written in the program, however many actors run.
/// </summary>
internal sealed class HandlerShape
{
    private readonly MessageHandler[] _kinds;
    private readonly ConcurrentDictionary<MessageHandler, HandlerShape> _next = new(1, 1);

    /// <summary>Copied on write, so that a look-up takes no lock.</summary>
    private volatile Dictionary<Type, int[]> _candidates = [];

    private HandlerShape(MessageHandler[] kinds) => _kinds = kinds;

    internal static HandlerShape Empty { get; } = new([]);

    internal int Count => _kinds.Length;

    internal MessageHandler this[int index] => _kinds[index];

    internal HandlerShape With(MessageHandler kind) =>
        _next.GetOrAdd(kind, static (kind, kinds) => new HandlerShape([.. kinds, kind]), _kinds);

    /// <summary>Indexes of the handlers that take this type, in the order of their declaration.</summary>
    internal int[] CandidatesFor(Type messageType) =>
        _candidates.TryGetValue(messageType, out var found) ? found : Learn(messageType);

    private int[] Learn(Type messageType)
    {
        int[] found = [.. Enumerable.Range(0, Count).Where(i => _kinds[i].MessageType.IsAssignableFrom(messageType))];
        lock (_next)
            _candidates = new Dictionary<Type, int[]>(_candidates) { [messageType] = found };
        return found;
    }
}
