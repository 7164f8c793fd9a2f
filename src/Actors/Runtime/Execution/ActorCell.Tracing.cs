using System.Diagnostics;
using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Runtime.Execution;

/// <summary>Messages that belong to a trace: each is handled in a span of its own, its task included.</summary>
internal sealed partial class ActorCell
{
    private Activity? StartSpan(object message, IActorRef? sender) =>
        sender is ITracedRef { Trace: { } parent } && _actor is { IsTraced: true } actor && message is not AutoReceivedMessage
            ? ActorTracing.StartHandling(actor, message, parent)
            : null;

    /// <summary>The handler has returned; what it began may still be running.</summary>
    private void LeaveSpan(Activity span)
    {
        if (_extras?.Task is null)
        {
            span.Stop();
            return;
        }
        // What follows an await finds it again: it is part of the context the task runs in.
        _extras.Span = span;
        Activity.Current = null;
    }

    private void EndTaskSpan(Task task)
    {
        if (_extras?.Span is not { } span)
            return;
        _extras.Span = null;
        if (!task.IsCompletedSuccessfully)
            span.Fail(FailureOf(task));
        span.Stop();
    }

    private static Exception FailureOf(Task task) => task.Exception?.GetBaseException() ?? new TaskCanceledException(task);
}
