namespace Conference.Node.SignIn;

/// <param name="Count">How many.</param>
/// <param name="Last">When the last one was.</param>
internal readonly record struct Failures(int Count, TimeSpan Last);

/// <summary>Failures by key, of the last hour; beyond its capacity the key that failed longest ago is forgotten first.</summary>
internal sealed class RecentFailures<TKey>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, Failures Failures)>> _nodes = [];

    /// <summary>By the time of the last failure, oldest first.</summary>
    private readonly LinkedList<(TKey Key, Failures Failures)> _order = new();

    public int Count => _nodes.Count;

    public Failures Read(TKey key, TimeSpan now)
    {
        while (_order.First is { } oldest && now - oldest.Value.Failures.Last > SignInThrottle.Memory)
            Forget(oldest.Value.Key);
        return _nodes.TryGetValue(key, out var node) ? node.Value.Failures : new Failures(0, now);
    }

    public void Write(TKey key, Failures failures)
    {
        Forget(key);
        if (_nodes.Count >= capacity)
            Forget(_order.First!.Value.Key);
        _nodes[key] = _order.AddLast((key, failures));
    }

    /// <summary>One failure fewer.</summary>
    public void TakeBack(TKey key, TimeSpan now)
    {
        var failures = Read(key, now);
        if (failures.Count <= 1)
            Forget(key);
        else
            _nodes[key].Value = (key, failures with { Count = failures.Count - 1 });
    }

    public void Forget(TKey key)
    {
        if (_nodes.Remove(key, out var node))
            _order.Remove(node);
    }
}
