using System.Text;
using System.Text.Json.Nodes;
using Conference.Node.Statistics;

namespace Conference.Node.Console.Events;

/// <summary>One state of the cluster, as server-sent events, in the three forms somebody may need it. The bytes are made once for all viewers.</summary>
public sealed class EventFrame
{
    private readonly Lazy<byte[]> _state;
    private readonly Lazy<byte[]> _history;

    public EventFrame(long number, JsonObject state, JsonObject? before, StatisticsHistory history)
    {
        Number = number;
        Change = Event("change", before is null ? [] : MergePatch.Between(before, state));
        _state = new Lazy<byte[]>(() => Event("state", state));
        _history = new Lazy<byte[]>(() => Event("history", history.ToJson()));
    }

    public long Number { get; }

    /// <summary><c>event: change</c>: for who has the frame before this one.</summary>
    public ReadOnlyMemory<byte> Change { get; }

    /// <summary><c>event: state</c>: for who has not.</summary>
    public ReadOnlyMemory<byte> State => _state.Value;

    /// <summary><c>event: history</c>: the last ten minutes, for who has just come.</summary>
    public ReadOnlyMemory<byte> History => _history.Value;

    private static byte[] Event(string name, JsonObject data) => Encoding.UTF8.GetBytes($"event: {name}\ndata: {data.ToJsonString()}\n\n");
}

/// <summary>The newest frame, and who waits for the one after it. Nothing is queued: whoever is slow finds only the newest.</summary>
public sealed class EventFrames
{
    private Slot _slot = new(null);
    private JsonObject? _before;
    private int _viewers;

    public bool HasViewers => Volatile.Read(ref _viewers) > 0;

    public int Viewers => Volatile.Read(ref _viewers);

    /// <returns>False when there are <paramref name="most"/> already.</returns>
    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref _viewers) <= most)
            return true;
        Interlocked.Decrement(ref _viewers);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _viewers);

    /// <summary>One at a time. <paramref name="state"/> is not to be changed afterwards.</summary>
    public void Publish(JsonObject state, StatisticsHistory history)
    {
        var before = _slot;
        var frame = new EventFrame((before.Frame?.Number ?? 0) + 1, state, _before, history);
        _before = state;
        Volatile.Write(ref _slot, new Slot(frame));
        before.Next.SetResult();
    }

    /// <summary>The newest, if it is newer than <paramref name="after"/>; otherwise the next.</summary>
    public async ValueTask<EventFrame> NextAsync(long after, CancellationToken cancellation)
    {
        while (true)
        {
            var slot = Volatile.Read(ref _slot);
            if (slot.Frame is { } frame && frame.Number > after)
                return frame;
            await slot.Next.Task.WaitAsync(cancellation);
        }
    }

    private sealed record Slot(EventFrame? Frame)
    {
        public TaskCompletionSource Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
