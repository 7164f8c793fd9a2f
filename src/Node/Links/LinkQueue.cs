using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Conference.Node.Links;

/// <summary>
/// What waits to be sent on a link: frames, laid one behind the other into pooled segments by whoever sends, taken out a segment at a
/// time by the one writer. Bounded in bytes. Allocates nothing per frame.
/// </summary>
internal sealed class LinkQueue(int maxBytes) : IValueTaskSource<bool>
{
    private const int SegmentBytes = 64 * 1024;

    /// <summary>Pings and their answers come through when messages no longer do, or a slow link would count as a dead one.</summary>
    private const int ControlBytes = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<Segment> _full = new();
    private Segment _open;
    private int _bytes;
    private bool _isComplete;
    private bool _isAwaited;
    private ManualResetValueTaskSourceCore<bool> _arrival = new() { RunContinuationsAsynchronously = true };

    /// <summary>Of frames that wait or are being sent.</summary>
    public int Bytes => Volatile.Read(ref _bytes);

    /// <returns>False when the queue is full or complete.</returns>
    public bool TryAdd(FrameKind kind, ReadOnlySpan<byte> body)
    {
        int size = LinkFrame.HeaderBytes + body.Length;
        lock (_gate)
        {
            int limit = kind == FrameKind.Message ? maxBytes : maxBytes + ControlBytes;
            if (_isComplete || _bytes + size > limit)
                return false;
            if (_open.Buffer is null || _open.Buffer.Length - _open.Length < size)
                OpenSegment(size);
            _open.Length += LinkFrame.Write(_open.Buffer.AsSpan(_open.Length), kind, body);
            _open.Messages += kind == FrameKind.Message ? 1 : 0;
            _bytes += size;
            if (!_isAwaited)
                return true;
            _isAwaited = false;
        }

        _arrival.SetResult(true);
        return true;
    }

    /// <summary>Nothing more is taken in. What is in may still be sent.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            if (!_isAwaited)
                return;
            _isAwaited = false;
        }

        _arrival.SetResult(false);
    }

    /// <summary>For the writer. False once the queue is complete and empty.</summary>
    public ValueTask<bool> WaitAsync()
    {
        lock (_gate)
        {
            if (_open.Length > 0 || _full.Count > 0)
                return new ValueTask<bool>(true);
            if (_isComplete)
                return new ValueTask<bool>(false);
            _arrival.Reset();
            _isAwaited = true;
            return new ValueTask<bool>(this, _arrival.Version);
        }
    }

    /// <summary>For the writer. To be given back once it is sent.</summary>
    public bool TryTake(out Segment segment)
    {
        lock (_gate)
        {
            if (_full.TryDequeue(out segment))
                return true;
            segment = _open;
            _open = default;
            return segment.Length > 0;
        }
    }

    public void GiveBack(Segment sent)
    {
        ArrayPool<byte>.Shared.Return(sent.Buffer!);
        lock (_gate)
            _bytes -= sent.Length;
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _arrival.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _arrival.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrival.OnCompleted(continuation, state, token, flags);

    private void OpenSegment(int size)
    {
        if (_open.Length > 0)
            _full.Enqueue(_open);
        _open = new Segment { Buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, SegmentBytes)) };
    }

    /// <summary>Whole frames.</summary>
    internal struct Segment
    {
        public byte[]? Buffer;
        public int Length;
        public int Messages;

        public readonly ReadOnlyMemory<byte> Content => Buffer.AsMemory(0, Length);
    }
}
