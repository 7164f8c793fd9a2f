using System.Buffers;
using System.Text;
using Conference.Protocol.Framing;

namespace Conference.Protocol.Tests.Framing;

/// <summary>Feeds a <see cref="LineFramer"/> chunk by chunk as a connection would, keeping what it leaves.</summary>
internal sealed class Lines
{
    private readonly LineFramer _framer = new();
    private byte[] _kept = [];

    /// <summary>What came out: the text of a line, or <c>&lt;TooLong&gt;</c>, <c>&lt;Malformed&gt;</c>.</summary>
    public List<string> All { get; } = [];

    /// <summary>The most bytes that had to be kept between two chunks.</summary>
    public int MostKept { get; private set; }

    public static List<string> Of(string text) => new Lines().Feed(Encoding.UTF8.GetBytes(text)).All;

    public static List<string> Of(params byte[][] chunks)
    {
        var lines = new Lines();
        foreach (byte[] chunk in chunks)
            lines.Feed(chunk);
        return lines.All;
    }

    public Lines Feed(byte[] chunk) => Take(Chain(_kept, chunk));

    /// <summary>One buffer of many segments, as a pipe gives them.</summary>
    public Lines FeedSegments(params byte[][] segments) => Take(Chain([_kept, .. segments]));

    private Lines Take(ReadOnlySequence<byte> buffer)
    {
        while (_framer.TryRead(ref buffer, out var line, out var kind))
        {
            Assert.InRange(line.Length, 0, LineFramer.MaxBytes);
            All.Add(kind == LineKind.Text ? Encoding.UTF8.GetString(line) : $"<{kind}>");
        }

        _kept = buffer.ToArray();
        MostKept = Math.Max(MostKept, _kept.Length);
        return this;
    }

    private static ReadOnlySequence<byte> Chain(params byte[][] parts)
    {
        var first = new Segment(parts[0], null);
        var last = first;
        foreach (byte[] part in parts.Skip(1))
            last = new Segment(part, last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
