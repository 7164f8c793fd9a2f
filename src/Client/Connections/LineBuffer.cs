using System.Text;

namespace Conference.Client.Connections;

/// <summary>
/// A server's bytes to lines, in one fixed buffer: what does not fit is skipped up to its end and counted. Replies may be longer
/// than commands (a chat line gains its sender), so the limit is <see cref="MaxBytes"/>, not the server's.
/// </summary>
public sealed class LineBuffer
{
    /// <summary>The longest line with its ending.</summary>
    public const int MaxBytes = 4096;

    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes = new byte[MaxBytes];
    private int _start;
    private int _end;
    private int _searched;
    private bool _skipping;

    /// <summary>Lines that were too long, not UTF-8, or held control bytes.</summary>
    public int Malformed { get; private set; }

    /// <summary>Whether every byte that came has been taken.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Where the next bytes go; never empty. Tell with <see cref="Advance"/> how many came.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_start > 0)
            {
                _bytes.AsSpan(_start.._end).CopyTo(_bytes);
                (_searched, _end, _start) = (_searched - _start, _end - _start, 0);
            }

            if (_end == _bytes.Length)
            {
                if (!_skipping)
                    Malformed++;
                (_skipping, _end, _searched) = (true, 0, 0);
            }

            return _bytes.AsMemory(_end);
        }
    }

    public void Advance(int count) => _end += count;

    /// <returns>The next whole line without its ending, or null when more bytes are needed.</returns>
    public string? Next()
    {
        while (true)
        {
            int newline = _bytes.AsSpan(_searched.._end).IndexOf((byte)'\n');
            if (newline < 0)
            {
                _searched = _end;
                return null;
            }

            var line = _bytes.AsSpan(_start..(_searched + newline));
            _start = _searched = _searched + newline + 1;
            if (_skipping)
                _skipping = false;
            else if (TryDecode(line, out string text))
                return text;
            else
                Malformed++;
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> line, out string text)
    {
        text = "";
        if (line is [.. var rest, (byte)'\r'])
            line = rest;
        if (line.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || !System.Text.Unicode.Utf8.IsValid(line))
            return false;
        text = _strict.GetString(line);
        return true;
    }
}
