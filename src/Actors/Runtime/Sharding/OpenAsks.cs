using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>Questions of this node that went to another and may have to be sent again. Those that were answered are swept out now and then.</summary>
internal sealed class OpenAsks
{
    private const int SweptAt = 1024;

    private readonly Dictionary<IPromiseRef, OpenAsk> _asks = new(ReferenceEqualityComparer.Instance);
    private int _sweepAt = SweptAt;

    internal bool IsEmpty => _asks.Count == 0;

    internal void Add(IPromiseRef asker, OpenAsk ask)
    {
        if (_asks.Count >= _sweepAt)
        {
            Sweep();
            _sweepAt = Math.Max(SweptAt, 2 * _asks.Count);
        }
        _asks[asker] = ask;
    }

    internal OpenAsk? Find(IActorRef asker) => asker is IPromiseRef promise ? _asks.GetValueOrDefault(promise) : null;

    internal void Remove(IPromiseRef asker) => _asks.Remove(asker);

    /// <summary>Takes out those that are to be sent again.</summary>
    internal (IPromiseRef Asker, OpenAsk Ask)[] TakeWhere(Predicate<OpenAsk> isDue)
    {
        Sweep();
        var due = _asks.Where(a => isDue(a.Value)).Select(a => (a.Key, a.Value)).ToArray();
        foreach (var (asker, _) in due)
            _asks.Remove(asker);
        return due;
    }

    private void Sweep()
    {
        // A dictionary may be removed from while it is enumerated.
        foreach (var (asker, _) in _asks)
            if (asker.IsTerminated)
                _asks.Remove(asker);
    }
}

/// <param name="Shard">Of which shard.</param>
/// <param name="EntityId">Whom it is for.</param>
/// <param name="Message">The question.</param>
/// <param name="Node">Where it went.</param>
/// <param name="Epoch">At which the node owned the shard.</param>
/// <param name="SentAt">A timestamp.</param>
/// <param name="Silences">How often it was sent again for no other reason than that no answer came.</param>
internal sealed record OpenAsk(ShardId Shard, string EntityId, object Message, NodeId Node, long Epoch, long SentAt, int Silences);
