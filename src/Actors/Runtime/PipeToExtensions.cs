namespace Conference.Actors.Runtime;

/// <summary>Turns a task's outcome into a message, so that no actor has to wait for a task.</summary>
public static class PipeToExtensions
{
    /// <summary>Tells the result (or what <paramref name="success"/> makes of it); a failure becomes <see cref="Status.Failure"/>.</summary>
    public static Task PipeTo<T>(
        this Task<T> task,
        IActorRef recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Pipe(task, recipient, sender, () => success is null ? task.Result : success(task.Result), failure);
    }

    /// <summary>As above, for a task without a result: success is silent unless <paramref name="success"/> makes a message.</summary>
    public static Task PipeTo(
        this Task task,
        IActorRef recipient,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null) =>
        Pipe(task, recipient, sender, () => success?.Invoke(), failure);

    private static async Task Pipe(
        Task task, IActorRef recipient, IActorRef? sender, Func<object?> success, Func<Exception, object>? failure)
    {
        object? message;
        try
        {
            // The recipient's mailbox is where this goes on, so nothing here needs the caller's context.
            await task.ConfigureAwait(false);
            message = success();
        }
        catch (Exception exception)
        {
            message = failure is null ? new Status.Failure(exception) : failure(exception);
        }
        if (message is not null)
            recipient.Tell(message, sender);
    }
}
