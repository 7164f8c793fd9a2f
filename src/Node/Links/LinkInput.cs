using System.Buffers;

namespace Conference.Node.Links;

/// <summary>What has arrived on a link and is not yet a whole frame. Grows for a large frame, once its header has been found good.</summary>
internal sealed class LinkInput : IDisposable
{
    private const int RestingBytes = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(RestingBytes);
    private int _start;
    private int _end;

    /// <summary>Where the next bytes go. Never empty.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_end);

    /// <summary>Nothing of an unfinished frame is here.</summary>
    public bool IsEmpty => _start == _end;

    public void Received(int bytes) => _end += bytes;

    /// <param name="kind">Of the frame.</param>
    /// <param name="body">Valid until <see cref="MakeRoom"/>.</param>
    /// <param name="isMalformed">What comes next is no frame.</param>
    /// <returns>False when there is no whole frame.</returns>
    public bool TryRead(out FrameKind kind, out ReadOnlySpan<byte> body, out bool isMalformed)
    {
        body = default;
        kind = default;
        isMalformed = false;
        if (_end - _start < LinkFrame.HeaderBytes)
            return false;
        if (!LinkFrame.TryReadHeader(_buffer.AsSpan(_start), out kind, out int length))
        {
            isMalformed = true;
            return false;
        }

        if (_end - _start < LinkFrame.HeaderBytes + length)
            return false;
        body = _buffer.AsSpan(_start + LinkFrame.HeaderBytes, length);
        _start += LinkFrame.HeaderBytes + length;
        return true;
    }

    /// <summary>To be called when there is no whole frame, before more is received.</summary>
    public void MakeRoom()
    {
        int rest = _end - _start;
        int wanted = RestingBytes;
        if (rest >= LinkFrame.HeaderBytes && LinkFrame.TryReadHeader(_buffer.AsSpan(_start), out _, out int length))
            wanted = Math.Max(wanted, LinkFrame.HeaderBytes + length);
        if (rest == 0 && _buffer.Length <= RestingBytes)
            _start = _end = 0;
        else if (rest == 0 || _buffer.Length < wanted)
            MoveTo(ArrayPool<byte>.Shared.Rent(wanted));
        else if (_buffer.Length - _start < wanted)
            MoveTo(_buffer);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void MoveTo(byte[] buffer)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
        if (buffer != _buffer)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (buffer, 0, _end - _start);
    }
}
