using System.Buffers;
using System.Text.Unicode;

namespace Conference.Protocol.Framing;

/// <summary>What a line turned out to be.</summary>
public enum LineKind
{
    /// <summary>Legal text, without its line ending.</summary>
    Text,

    /// <summary>More than <see cref="LineFramer.MaxBytes"/>. Said once, as soon as it is known; the rest of the line is skipped.</summary>
    TooLong,

    /// <summary>A control byte, or not UTF-8.</summary>
    Malformed,
}

/// <summary>
/// Cuts a byte stream into lines. A line ends in LF; one CR before it belongs to the ending. Holds no bytes of its own:
/// what is not a whole line yet stays with the caller, who never has to keep more than <see cref="MaxBytes"/> + 2 of it.
/// </summary>
public sealed class LineFramer
{
    /// <summary>The longest line, its ending not counted.</summary>
    public const int MaxBytes = 1024;

    private static readonly SearchValues<byte> _control = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), 0x7F]);

    private bool _skipping;

    /// <summary>Takes the next line off <paramref name="buffer"/>. Call until it says false; keep what is then left.</summary>
    /// <param name="buffer">Bytes received and not taken yet; moved past what was.</param>
    /// <param name="line">The line's bytes within <paramref name="buffer"/>'s memory; of one that is too long, the first <see cref="MaxBytes"/>.</param>
    /// <param name="kind">What it is.</param>
    /// <returns>False when <paramref name="buffer"/> holds no further line.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line, out LineKind kind)
    {
        line = default;
        kind = LineKind.Text;
        while (true)
        {
            var end = buffer.PositionOf((byte)'\n');
            if (end is null)
            {
                if (_skipping)
                    buffer = buffer.Slice(buffer.End);
                else if (buffer.Length > MaxBytes + 1)
                {
                    // Even if the last byte is the CR of an ending to come, the line is over its limit.
                    _skipping = true;
                    line = buffer.Slice(0, MaxBytes);
                    buffer = buffer.Slice(buffer.End);
                    kind = LineKind.TooLong;
                    return true;
                }

                return false;
            }

            line = buffer.Slice(0, end.Value);
            buffer = buffer.Slice(buffer.GetPosition(1, end.Value));
            if (_skipping)
            {
                _skipping = false;
                line = default;
                continue;
            }

            line = WithoutCarriageReturn(line);
            bool isTooLong = line.Length > MaxBytes;
            if (isTooLong)
                line = line.Slice(0, MaxBytes);
            kind = isTooLong ? LineKind.TooLong : IsText(line) ? LineKind.Text : LineKind.Malformed;
            return true;
        }
    }

    private static ReadOnlySequence<byte> WithoutCarriageReturn(in ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
            return line;
        var last = line.Slice(line.Length - 1);
        return last.FirstSpan[0] == '\r' ? line.Slice(0, line.Length - 1) : line;
    }

    private static bool IsText(in ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
            return IsText(line.FirstSpan);
        Span<byte> flat = stackalloc byte[(int)line.Length];
        line.CopyTo(flat);
        return IsText(flat);
    }

    private static bool IsText(ReadOnlySpan<byte> line) => !line.ContainsAny(_control) && Utf8.IsValid(line);
}
