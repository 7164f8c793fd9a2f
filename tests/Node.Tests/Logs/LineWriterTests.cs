using System.Text;
using Conference.Node.Logs;

namespace Conference.Node.Tests.Logs;

public sealed class LineWriterTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Whoever_logs_never_waits_for_the_reader_and_lines_without_a_place_are_dropped_counted_and_told()
    {
        var output = new StuckStream();
        long before = LineWriter.Dropped;
        using (var writer = new LineWriter(output, dropped => $"{dropped} dropped\n"))
        {
            // One is being written, and the queue is full behind it.
            writer.Write("first\n");
            Assert.True(output.IsEntered.Wait(_patience));
            for (int i = 0; i < LineWriter.Capacity + 1000; i++)
                writer.Write($"{i}\n");
            Assert.Equal(1000, LineWriter.Dropped - before);
            output.IsRead.Set();
            Assert.True(SpinWait.SpinUntil(() => output.Text.EndsWith("1000 dropped\n", StringComparison.Ordinal), _patience));
        }

        string[] lines = output.Text.Split('\n');
        Assert.Equal(["first", "0", "1"], lines[..3]);
        Assert.Equal($"{LineWriter.Capacity - 1}", lines[LineWriter.Capacity]);
    }

    [Fact]
    public void The_last_lines_are_written_before_it_ends()
    {
        var output = new StuckStream();
        output.IsRead.Set();
        var writer = new LineWriter(output, _ => "");
        for (int i = 0; i < 100; i++)
            writer.Write($"{i}\n");
        writer.Dispose();

        Assert.EndsWith("\n99\n", output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_full_disk_lines_are_written_again_and_those_between_are_counted_and_told()
    {
        var output = new StuckStream { IsFull = true };
        output.IsRead.Set();
        using var writer = new LineWriter(output, dropped => $"{dropped} dropped\n");
        long before = LineWriter.Dropped;
        writer.Write("lost\n");
        writer.Write("lost\n");
        Assert.True(SpinWait.SpinUntil(() => LineWriter.Dropped - before == 2, _patience));
        Assert.True(SpinWait.SpinUntil(() => output.Text.EndsWith("2 d", StringComparison.Ordinal), _patience));

        output.IsFull = false;
        writer.Write("there\n");
        Assert.True(SpinWait.SpinUntil(() => output.Text.EndsWith("\nthere\n2 dropped\n", StringComparison.Ordinal), _patience));
    }

    /// <summary>Takes nothing until somebody reads.</summary>
    private sealed class StuckStream : Stream
    {
        private readonly MemoryStream _written = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public ManualResetEventSlim IsEntered { get; } = new();

        public ManualResetEventSlim IsRead { get; } = new();

        /// <summary>It takes the beginning of what is written, and fails.</summary>
        public bool IsFull { get; set; }

        public string Text
        {
            get
            {
                lock (_written)
                    return Encoding.UTF8.GetString(_written.ToArray());
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            IsEntered.Set();
            IsRead.Wait();
            lock (_written)
                _written.Write(IsFull ? buffer[..Math.Min(4, buffer.Length)] : buffer);
            if (IsFull)
                throw new IOException("No space left on device");
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
