using System.Threading.Channels;
using Conference.Actors.Persistence;

namespace Conference.Node.Persistence;

/// <summary>
/// Group commit: whatever waits when the store is ready for more is committed together. Under no load a write goes at once and
/// alone; under load the groups grow by themselves. Nobody waits for a group to fill.
/// </summary>
internal sealed class WriteQueue
{
    private readonly Channel<PendingWrite> _waiting;
    private readonly StoreOptions _options;

    internal WriteQueue(StoreOptions options)
    {
        _options = options;
        _waiting = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = false });
    }

    internal int Depth => _waiting.Reader.Count;

    internal Task AddAsync(JournalWrite write, StoreMetrics metrics, CancellationToken cancellationToken)
    {
        write.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingWrite(write);
        if (_waiting.Writer.TryWrite(pending))
            return cancellationToken.CanBeCanceled ? pending.Done.WaitAsync(cancellationToken) : pending.Done;
        metrics.Failed("full");
        return Task.FromException(new JournalUnavailableException("the store is overloaded: try again"));
    }

    /// <returns>False when there will be no more.</returns>
    internal ValueTask<bool> WaitAsync() => _waiting.Reader.WaitToReadAsync();

    /// <summary>Takes what waits, up to a batch. Whoever has waited too long is refused here and not written.</summary>
    internal void Take(List<PendingWrite> batch, StoreMetrics metrics)
    {
        batch.Clear();
        while (batch.Count < _options.MaxBatch && _waiting.Reader.TryRead(out var pending))
        {
            if (pending.Age < _options.WriteDeadline)
                batch.Add(pending);
            else
                pending.Fail(metrics, new JournalUnavailableException("the store was too slow: try again"));
        }
    }

    internal void Complete() => _waiting.Writer.TryComplete();
}
