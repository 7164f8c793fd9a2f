using System.Diagnostics;
using Conference.Actors.Persistence;

namespace Conference.Node.Persistence;

/// <summary>A write on its way: somebody awaits it, and is told exactly once.</summary>
internal sealed class PendingWrite(JournalWrite write)
{
    private readonly long _since = Stopwatch.GetTimestamp();

    // Whoever awaits goes on elsewhere: the writer's loop is not theirs to run on.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal JournalWrite Write => write;

    internal Task Done => _done.Task;

    internal TimeSpan Age => Stopwatch.GetElapsedTime(_since);

    internal void Succeed(StoreMetrics metrics)
    {
        metrics.Stored(write.Events.Count, Age);
        _done.TrySetResult();
    }

    internal void Fail(StoreMetrics metrics, JournalException cause)
    {
        metrics.Failed(cause switch
        {
            JournalConflictException => "conflict",
            JournalFencedException => "fence",
            _ => "unavailable",
        });
        _done.TrySetException(cause);
    }
}
