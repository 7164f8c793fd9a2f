using System.Text;
using System.Threading.Channels;
using Conference.Client.Calls;
using Conference.Protocol;

namespace Conference.Client.Terminals;

/// <summary>
/// A call on a terminal: what is said and happens goes up and away, the table and the line that is typed stay below it. Everything is drawn here, in one piece and
/// never wider than the terminal, so that nothing tears it. Thread-safe.
/// </summary>
public sealed class TerminalView : ICallView
{
    /// <summary>Lines that are kept, to be drawn anew when the terminal has another size.</summary>
    private const int MaxLines = 200;

    private const int MaxInput = 900;

    /// <summary>Below it the table is only as high as leaves place for some lines above it.</summary>
    private const int LeastLinesAbove = 4;

    private const string Prompt = "> ";
    private const string Hint = "type to chat; ^T mutes sound, ^P picture, ^C leaves";

    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly Func<(int Width, int Height)> _size;
    private readonly string _title;
    private readonly bool _hasKeys;
    private readonly Channel<CallWish> _wishes = Channel.CreateBounded<CallWish>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _input = new();
    private IReadOnlyList<CallRow> _rows = [];
    private (int Width, int Height) _drawnFor;
    private int _linesBelow;

    /// <param name="output">The terminal.</param>
    /// <param name="size">Its size now.</param>
    /// <param name="title">Above the table.</param>
    /// <param name="hasKeys">Whether there is somebody who types.</param>
    internal TerminalView(TextWriter output, Func<(int Width, int Height)> size, string title, bool hasKeys) =>
        (_output, _size, _title, _hasKeys, _drawnFor) = (output, size, title, hasKeys, size());

    internal ChannelReader<CallWish> Wishes => _wishes.Reader;

    public void Tell(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
            Draw([line]);
        }
    }

    public void Show(IReadOnlyList<CallRow> rows)
    {
        lock (_gate)
        {
            _rows = rows;
            Draw([]);
        }
    }

    /// <summary>The terminal may have another size.</summary>
    internal void Resize()
    {
        lock (_gate)
            Draw([]);
    }

    internal void Press(Key key)
    {
        lock (_gate)
        {
            switch (key.Kind)
            {
                case KeyKind.Letter when Encoding.UTF8.GetByteCount(_input.ToString()) < MaxInput:
                    _input.Append(key.Letter.ToString());
                    break;
                case KeyKind.Backspace when _input.Length > 0:
                    _input.Length -= _input.Length > 1 && char.IsLowSurrogate(_input[^1]) ? 2 : 1;
                    break;
                case KeyKind.Clear:
                    _input.Clear();
                    break;
                case KeyKind.Enter:
                    Say();
                    break;
                case KeyKind.MuteSound:
                    _wishes.Writer.TryWrite(new CallWish.ToggleMute(Service.Audio));
                    break;
                case KeyKind.MutePicture:
                    _wishes.Writer.TryWrite(new CallWish.ToggleMute(Service.Video));
                    break;
                case KeyKind.Redraw:
                    _drawnFor = default;
                    break;
                case KeyKind.Leave:
                    _wishes.Writer.TryWrite(new CallWish.Leave());
                    break;
            }

            Draw([]);
        }
    }

    /// <summary>The call is over: the table stays, as it was last.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            var text = new StringBuilder();
            Erase(text);
            foreach (string line in _rows.Count == 0 ? [] : Table(_size()))
                text.Append(line).Append("\r\n");
            _linesBelow = 0;
            Write(text);
        }
    }

    private void Say()
    {
        string text = _input.ToString();
        _input.Clear();
        if (!string.IsNullOrWhiteSpace(text))
            _wishes.Writer.TryWrite(new CallWish.Say(text));
    }

    private void Draw(IReadOnlyList<string> news)
    {
        var size = _size();
        int width = WidthOf(size);
        string[] below = [.. Table(size), .. Footer(width)];
        var text = new StringBuilder();
        if (size == _drawnFor)
        {
            Erase(text);
        }
        else
        {
            // The terminal has broken the lines anew, nobody knows how: all of it once more.
            text.Append("\x1b[H\x1b[2J");
            news = [.. _lines.SelectMany(l => Cells.Wrap(l, width)).TakeLast(Math.Max(0, size.Height - below.Length))];
        }

        foreach (string line in news.SelectMany(l => Cells.Wrap(l, width)))
            text.Append(line).Append("\r\n");
        text.AppendJoin("\r\n", below);
        (_drawnFor, _linesBelow) = (size, below.Length);
        Write(text);
    }

    /// <summary>Back to where the table began, and nothing from there on.</summary>
    private void Erase(StringBuilder text)
    {
        text.Append('\r');
        if (_linesBelow > 1)
            text.Append("\x1b[").Append(_linesBelow - 1).Append('A');
        text.Append("\x1b[J");
    }

    private IReadOnlyList<string> Table((int Width, int Height) size) =>
        CallTable.Build(_title, _rows, WidthOf(size), size.Height - LeastLinesAbove - (_hasKeys ? 2 : 0));

    private IEnumerable<string> Footer(int width) =>
        _hasKeys ? [Cells.Fit(Hint, width).TrimEnd(), Prompt + Cells.End(_input.ToString(), width - Prompt.Length)] : [];

    /// <summary>The last column stays free: after a letter there some terminals are in the next line already.</summary>
    private static int WidthOf((int Width, int Height) size) => Math.Max(20, size.Width - 1);

    /// <summary>In one piece (mode 2026), and what is wider than it was taken for is cut off by the terminal, not put into the next line (mode 7).</summary>
    private void Write(StringBuilder text)
    {
        _output.Write($"\x1b[?2026h\x1b[?7l{text}\x1b[?7h\x1b[?2026l");
        _output.Flush();
    }
}
