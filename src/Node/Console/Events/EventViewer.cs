using System.IO.Pipelines;
using Conference.Node.Metrics;

namespace Conference.Node.Console.Events;

/// <summary>
/// One who watches: is sent the history, a whole state, and then what changes. Has one frame in hand at most; frames that come while it is
/// being written are skipped, and a whole state follows.
/// </summary>
public sealed class EventViewer(EventFrames frames, PipeWriter body, ConsoleMetrics metrics, TimeProvider time)
{
    /// <summary>A viewer that takes nothing for so long is cut off.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Until it goes.</summary>
    /// <returns>False when it was too slow, and its connection is to be cut: a write to it is still under way.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/></exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var frame = await frames.NextAsync(0, cancellation);
        if (!await WriteAsync(frame.History, cancellation) || !await WriteAsync(frame.State, cancellation))
            return false;
        while (true)
        {
            long last = frame.Number;
            frame = await frames.NextAsync(last, cancellation);
            long skipped = frame.Number - last - 1;
            metrics.Skipped(skipped);
            if (!await WriteAsync(skipped == 0 ? frame.Change : frame.State, cancellation))
                return false;
        }
    }

    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var write = body.WriteAsync(bytes, cancellation);
        if (write.IsCompletedSuccessfully)
        {
            _ = write.Result;
            return true;
        }

        try
        {
            await write.AsTask().WaitAsync(Patience, time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
