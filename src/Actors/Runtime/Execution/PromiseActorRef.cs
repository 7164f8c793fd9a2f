using System.Diagnostics;
using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Runtime.Execution;

/// <summary>The sender of an ask: takes one reply, whoever comes first of reply, deadline and cancellation.</summary>
internal sealed class PromiseActorRef<T> : IPromiseRef
{
    private static long s_lastNumber;

    // Continuations elsewhere: the replying actor's turn must not run the asker's code.
    private readonly TaskCompletionSource<T> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IInternalActorRef _asked;
    private readonly object _question;
    private readonly TimeSpan _timeout;
    private readonly ITimer? _deadline;
    private readonly CancellationTokenRegistration _cancellation;
    private readonly Activity? _span;
    private long _number;

    internal PromiseActorRef(IInternalActorRef asked, object question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _asked = asked;
        _question = question;
        _timeout = timeout;
        if (ActorTracing.IsListenedTo)
            _span = ActorTracing.StartAsk(question);
        if (timeout != Timeout.InfiniteTimeSpan)
            _deadline = System.CreateTimer(
                static state => ((PromiseActorRef<T>)state!).Expire(), this, timeout, Timeout.InfiniteTimeSpan);
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((PromiseActorRef<T>)state!).Cancel(token), this);
    }

    public ActorSystem System => _asked.System;

    public bool IsTerminated => _reply.Task.IsCompleted;

    /// <summary>Numbered when somebody looks.</summary>
    public ActorPath Path
    {
        get
        {
            if (Volatile.Read(ref _number) == 0)
                Interlocked.CompareExchange(ref _number, Interlocked.Increment(ref s_lastNumber), 0);
            return new ActorPath(new ActorPath(null, "temp"), $"${_number:x}");
        }
    }

    public TraceParent? Trace => _span is null ? null : new TraceParent(_span.Context);

    public Task Completion => _reply.Task;

    internal Task<T> Reply => _reply.Task;

    public void Tell(object message, IActorRef? sender)
    {
        var taken = message switch
        {
            Status.Failure failure => _reply.TrySetException(failure.Cause),
            T answer => _reply.TrySetResult(answer),
            _ => _reply.TrySetException(new InvalidCastException(
                $"{_asked.Path} was asked {_question.GetType().Name} for a {typeof(T).Name} and replied {message.GetType().Name}")),
        };
        if (taken)
            Release();
        else
            System.DeadLetter(message, sender, this, DeadLetterReason.LateReply);
    }

    public void SendSystem(SystemMessage message)
    {
        switch (message)
        {
            case DeathWatchNotification death when !IsTerminated:
                Tell(new Terminated(death.Actor, death.ExistenceConfirmed), death.Actor);
                break;
            case Watch watch:
                watch.Watcher.SendSystem(new DeathWatchNotification(this, false));
                break;
        }
    }

    private void Expire()
    {
        if (_reply.TrySetException(new AskTimeoutException(
            $"{_asked.Path} did not answer {_question.GetType().Name} within {_timeout.TotalSeconds:0.###} s")))
            Release();
    }

    private void Cancel(CancellationToken token)
    {
        if (!_reply.TrySetCanceled(token))
            return;
        _deadline?.Dispose();
        EndSpan();
    }

    private void Release()
    {
        _deadline?.Dispose();
        _cancellation.Unregister();
        EndSpan();
    }

    private void EndSpan()
    {
        if (_span is not null)
            ActorTracing.EndAsk(_span, _reply.Task.Exception?.InnerException);
    }
}
