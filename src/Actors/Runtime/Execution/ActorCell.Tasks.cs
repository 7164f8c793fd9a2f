namespace Conference.Actors.Runtime.Execution;

/// <summary>Asynchronous handlers: one at a time, and everything of theirs on the actor's turn.</summary>
internal sealed partial class ActorCell
{
    internal void RunTask<T>(Func<T, Task> action, T argument)
    {
        if (_extras?.Task is not null)
            throw new InvalidOperationException($"{Path} is running a task for this message already");
        Task task;
        var outer = EnterSynchronization();
        try
        {
            task = action(argument);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
        if (task.IsCompletedSuccessfully)
            return;
        if (task.IsCompleted)
            task.GetAwaiter().GetResult();
        Extras.Task = task;
        _suspensions++;
        task.GetAwaiter().UnsafeOnCompleted(() => SendSystem(new TaskEnded(task)));
    }

    internal void RunContinuation(SendOrPostCallback callback, object? state)
    {
        var outer = IsTerminated ? SynchronizationContext.Current : EnterSynchronization();
        try
        {
            callback(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
        // Seen here when it was the task's last step: its own notice would come by way of a pool thread, later.
        if (_extras?.Task is { IsCompleted: true } task)
            OnTaskEnded(task);
    }

    internal void OnTaskEnded(Task task)
    {
        if (_extras?.Task != task)
            return;
        _extras.Task = null;
        _suspensions--;
        _extras.ReceiveTimeout?.Touch();
        var message = _message;
        EndMessage();
        EndTaskSpan(task);
        if (!task.IsCompletedSuccessfully)
            Fail(FailureOf(task), message);
        while (_extras?.Deferred is { Count: > 0 } deferred)
            deferred.Dequeue().Process(this);
    }

    private SynchronizationContext? EnterSynchronization()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Extras.Synchronization ??= new ActorSynchronizationContext(this));
        return outer;
    }

    /// <summary>A stop or restart waits for the running task, as it waits for a running handler that is not asynchronous.</summary>
    private bool Defer(SystemMessage message)
    {
        if (_extras?.Task is null)
            return false;
        (_extras.Deferred ??= new Queue<SystemMessage>()).Enqueue(message);
        return true;
    }
}
