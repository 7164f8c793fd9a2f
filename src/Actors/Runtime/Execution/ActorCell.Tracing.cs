using System.Diagnostics;
using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Runtime.Execution;

/// <summary>Messages that belong to a trace: each is handled in a span of its own, its task included.</summary>
internal sealed partial class ActorCell
{
    private void StartSpan(object message, IActorRef? sender)
    {
        if (sender is ITracedRef { Trace: { } parent } && _actor is { IsTraced: true } actor && message is not AutoReceivedMessage)
            Extras.Span = ActorTracing.StartHandling(actor, message, parent);
    }

    /// <summary>The handler has returned; what it began may still be running.</summary>
    private void LeaveSpan(Activity span)
    {
        // What follows an await finds it again: it is part of the context the task runs in.
        if (_extras!.Task is not null)
            Activity.Current = null;
        else
            EndSpan(span);
    }

    private void EndTaskSpan(Task task)
    {
        if (_extras?.Span is not { } span)
            return;
        if (!task.IsCompletedSuccessfully)
            span.Fail(FailureOf(task));
        EndSpan(span);
    }

    private void EndSpan(Activity span)
    {
        _extras!.Span = null;
        span.Stop();
    }

    private static Exception FailureOf(Task task) => task.Exception?.GetBaseException() ?? new TaskCanceledException(task);
}
