using System.Text;
using System.Threading.Channels;

namespace Conference.Node.Logs;

/// <summary>Writes lines on a thread of its own; who hands it one never waits. Beyond <see cref="Capacity"/> lines are dropped. Safe from any thread.</summary>
internal sealed class LineWriter : IDisposable
{
    /// <summary>Lines that may wait.</summary>
    public const int Capacity = 2500;

    /// <summary>How long the last lines may take.</summary>
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(1.5);

    private static long _dropped;

    private readonly Channel<string> _lines;
    private readonly Stream _output;
    private readonly Func<long, string> _tellDropped;
    private readonly Thread _thread;
    private long _missing;
    private bool _isTorn;

    /// <param name="output">Where to; may block for as long as it likes.</param>
    /// <param name="tellDropped">What it says about so many lines that are missing.</param>
    public LineWriter(Stream output, Func<long, string> tellDropped)
    {
        (_output, _tellDropped) = (output, tellDropped);
        _lines = Channel.CreateBounded<string>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Drop(1));
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Lines dropped by all of them.</summary>
    public static long Dropped => Interlocked.Read(ref _dropped);

    /// <param name="line">With its ending.</param>
    public void Write(string line) => _lines.Writer.TryWrite(line);

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _thread.Join(_farewell);
    }

    private void WriteAll()
    {
        while (_lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_lines.Reader.TryRead(out string? line))
            {
                if (!Put(line))
                    Drop(1);
            }

            if (Interlocked.Exchange(ref _missing, 0) is > 0 and var missing && !Put(_tellDropped(missing)))
                Interlocked.Add(ref _missing, missing);
        }
    }

    private void Drop(int lines)
    {
        Interlocked.Add(ref _dropped, lines);
        Interlocked.Add(ref _missing, lines);
    }

    /// <returns>False where a line, or the rest of it, went nowhere: the disk that takes them is full. The next may find place again.</returns>
    private bool Put(string line)
    {
        try
        {
            // What was written of the last one must not spoil this one.
            _output.Write(Encoding.UTF8.GetBytes(_isTorn ? "\n" + line : line));
            _output.Flush();
            _isTorn = false;
        }
        catch (IOException)
        {
            _isTorn = true;
        }

        return !_isTorn;
    }
}
