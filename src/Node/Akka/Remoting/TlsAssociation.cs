using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace Conference.Node.Akka.Remoting;

/// <summary>
/// One connection between two nodes that have proved to each other what they are. Frames go both ways:
/// <code>
/// length   4 bytes, little-endian, of what follows
/// payload  length bytes, Akka's own
/// </code>
/// What is to be sent while something is being sent goes together: one record of TLS, one call of the kernel.
/// </summary>
internal sealed class TlsAssociation : AssociationHandle, IThreadPoolWorkItem
{
    private const int HeaderBytes = sizeof(int);

    /// <summary>Beyond this Akka is told to wait, and to try again.</summary>
    private const int MaxPendingBytes = 8 << 20;

    /// <summary>A buffer that a burst has blown up beyond this is not kept.</summary>
    private const int MaxKeptBytes = 1 << 20;

    private static readonly StreamPipeReaderOptions _reading = new(bufferSize: 1 << 16, minimumReadSize: 1 << 12, leaveOpen: true);

    /// <summary>How long the other side has to take note that nothing more comes.</summary>
    private static readonly TimeSpan _lingerLimit = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly SslStream _stream;
    private readonly Socket _socket;
    private readonly int _maxFrame;
    private ArrayBufferWriter<byte> _pending = new(1 << 12);
    private ArrayBufferWriter<byte> _spare = new(1 << 12);
    private bool _isFlushing;
    private bool _isClosing;

    public TlsAssociation(Address local, Address remote, SslStream stream, Socket socket, int maxFrame)
        : base(local, remote)
    {
        (_stream, _socket, _maxFrame) = (stream, socket, maxFrame);
        // Nobody reads before somebody listens.
        ReadHandlerSource.Task.ContinueWith(
            listener => _ = ReadAsync(listener.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <summary>Completes once the connection is gone.</summary>
    public Task Closed => _closed.Task;

    public override bool Write(ByteString payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        lock (_gate)
        {
            if (_isClosing || _pending.WrittenCount > MaxPendingBytes)
                return false;
            var frame = _pending.GetSpan(HeaderBytes + payload.Length);
            BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
            payload.Span.CopyTo(frame[HeaderBytes..]);
            _pending.Advance(HeaderBytes + payload.Length);
            if (_isFlushing)
                return true;
            _isFlushing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    [Obsolete("Akka calls it through the one that says why.")]
    public override void Disassociate() => Close();

    /// <summary>Sends what was to be sent, says so, and goes once the other side has.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosing)
                return;
            _isClosing = true;
            if (_isFlushing)
                return;
            _isFlushing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Goes at once.</summary>
    public void Abort()
    {
        lock (_gate)
            _isClosing = true;
        _stream.Dispose();
        _socket.Dispose();
        _closed.TrySetResult();
    }

    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    private async Task FlushAsync()
    {
        try
        {
            while (TakePending() is { } batch)
            {
                await _stream.WriteAsync(batch.WrittenMemory).ConfigureAwait(false);
                batch.ResetWrittenCount();
            }
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            Abort();
        }
    }

    /// <returns>Null when there is nothing to send now.</returns>
    private ArrayBufferWriter<byte>? TakePending()
    {
        lock (_gate)
        {
            if (_pending.WrittenCount > 0)
            {
                var batch = _pending;
                _pending = _spare.Capacity > MaxKeptBytes ? new ArrayBufferWriter<byte>(1 << 12) : _spare;
                _spare = batch;
                return batch;
            }

            if (!_isClosing)
            {
                _isFlushing = false;
                return null;
            }
        }

        _ = LingerAsync();
        return null;
    }

    /// <summary>Half closes: a full close would take from the other side what it has not read yet.</summary>
    private async Task LingerAsync()
    {
        try
        {
            await _stream.ShutdownAsync().ConfigureAwait(false);
            _socket.Shutdown(SocketShutdown.Send);
            await Closed.WaitAsync(_lingerLimit).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException || IsOfTheConnection(e))
        {
            Abort();
        }
    }

    private async Task ReadAsync(IHandleEventListener listener)
    {
        var reader = PipeReader.Create(_stream, _reading);
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync().ConfigureAwait(false);
                var rest = read.Buffer;
                while (TryReadFrame(ref rest, out var payload))
                    Deliver(listener, payload);
                reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (e is InvalidDataException || IsOfTheConnection(e))
        {
            // It is gone, or speaks nonsense: both are told below.
        }

        Abort();
        listener.Notify(new Disassociated(DisassociateInfo.Unknown));
    }

    private void Deliver(IHandleEventListener listener, in ReadOnlySequence<byte> payload)
    {
        // Who says goodbye hears nothing more; what comes is read, so that the other side can end in order.
        if (!_isClosing)
            listener.Notify(new InboundPayload(UnsafeByteOperations.UnsafeWrap(payload.ToArray())));
    }

    /// <exception cref="InvalidDataException">The frame is longer than any may be.</exception>
    private bool TryReadFrame(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (buffer.Length < HeaderBytes)
            return false;
        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length < 0 || length > _maxFrame)
            throw new InvalidDataException($"a frame of {length} bytes");
        if (buffer.Length < HeaderBytes + length)
            return false;
        payload = buffer.Slice(HeaderBytes, length);
        buffer = buffer.Slice(HeaderBytes + length);
        return true;
    }

    private static bool IsOfTheConnection(Exception e) => e is IOException or SocketException or ObjectDisposedException or InvalidOperationException;
}
