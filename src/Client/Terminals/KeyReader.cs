using System.Text;

namespace Conference.Client.Terminals;

/// <summary>What a key means in a call.</summary>
internal enum KeyKind
{
    Letter,
    Enter,
    Backspace,

    /// <summary>Ctrl-U: forget the line.</summary>
    Clear,

    /// <summary>Ctrl-L: draw everything anew.</summary>
    Redraw,

    /// <summary>Ctrl-T.</summary>
    MuteSound,

    /// <summary>Ctrl-P.</summary>
    MutePicture,

    /// <summary>Ctrl-C, or Ctrl-D.</summary>
    Leave,
}

internal readonly record struct Key(KeyKind Kind, Rune Letter = default);

/// <summary>Bytes of a terminal in raw mode to keys: UTF-8 in pieces, and the sequences of arrow and function keys, which mean nothing here. Pure.</summary>
internal sealed class KeyReader
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly char[] _decoded = new char[1024];
    private char _high;
    private EscapeState _escape;

    private enum EscapeState
    {
        None,
        Begun,
        Sequence,
    }

    public IEnumerable<Key> Read(ReadOnlyMemory<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += 256)
        {
            int count = _utf8.GetChars(bytes.Span[at..Math.Min(bytes.Length, at + 256)], _decoded, flush: false);
            for (int i = 0; i < count; i++)
            {
                if (Take(_decoded[i]) is { } key)
                    yield return key;
            }
        }
    }

    private Key? Take(char c)
    {
        if (_escape != EscapeState.None || c == '\x1b')
        {
            _escape = Follow(c);
            return null;
        }

        switch (c)
        {
            case '\r' or '\n':
                return new Key(KeyKind.Enter);
            case '\x7f' or '\b':
                return new Key(KeyKind.Backspace);
            case '\x15':
                return new Key(KeyKind.Clear);
            case '\x0c':
                return new Key(KeyKind.Redraw);
            case '\x14':
                return new Key(KeyKind.MuteSound);
            case '\x10':
                return new Key(KeyKind.MutePicture);
            case '\x03' or '\x04':
                return new Key(KeyKind.Leave);
        }

        if (char.IsHighSurrogate(c))
        {
            _high = c;
            return null;
        }

        var rune = char.IsLowSurrogate(c) && Rune.TryCreate(_high, c, out var pair) ? pair : Rune.TryCreate(c, out var single) ? single : Rune.ReplacementChar;
        return Printable.IsUnsafe(rune) ? null : new Key(KeyKind.Letter, rune);
    }

    /// <summary>ESC [ ... letter, ESC O letter, or ESC and one character.</summary>
    private EscapeState Follow(char c) => (_escape, c) switch
    {
        (EscapeState.None, _) => EscapeState.Begun,
        (EscapeState.Begun, '[' or 'O') => EscapeState.Sequence,
        (EscapeState.Begun, _) => EscapeState.None,
        (EscapeState.Sequence, >= '@' and <= '~') => EscapeState.None,
        _ => EscapeState.Sequence,
    };
}
