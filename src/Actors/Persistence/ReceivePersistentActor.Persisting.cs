using System.Diagnostics;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Persistence;

/// <summary>Writing: one write at a time, nothing else handled until its outcome is known.</summary>
public abstract partial class ReceivePersistentActor
{
    private List<Pending> _pending = [];

    /// <summary>True while a task of this class runs: what is persisted then is stored by that task.</summary>
    private bool _isInTask;

    /// <summary>Something is still to be stored or to be handled.</summary>
    private protected bool IsPersisting => _isInTask || _pending.Count > 0;

    /// <summary>
    /// Stores an event; <paramref name="handler"/> runs once it is durable, with the command's Sender, before the next command.
    /// Everything persisted by one command handler is stored together.
    /// </summary>
    protected void Persist<T>(T @event, Action<T> handler) where T : notnull => Persist(@event, handler, []);

    /// <summary>As above, with changes to the read models that are committed with the event.</summary>
    protected void Persist<T>(T @event, Action<T> handler, params IReadOnlyList<ReadModelChange> changes) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        var payload = _options.Serializer.SerializeEvent(@event);
        Enqueue(new Pending(@event, payload, changes, () => handler(@event)));
    }

    /// <summary>Stores several events or none of them; the handler runs for each, in order.</summary>
    protected void PersistAll<T>(IEnumerable<T> events, Action<T> handler) where T : notnull
    {
        // All are serialized before the first is taken, so that one that cannot be leaves none behind.
        foreach (var @event in events.Select(e => (e, _options.Serializer.SerializeEvent(e))).ToArray())
            Enqueue(new Pending(@event.e, @event.Item2, [], () => handler(@event.e)));
    }

    /// <summary>Runs after everything persisted so far is stored and handled; at once when nothing is out. Stores nothing.</summary>
    protected void DeferAsync<T>(T @event, Action<T> handler) where T : notnull
    {
        if (!IsPersisting)
            handler(@event);
        else
            Enqueue(new Pending(@event, default, [], () => handler(@event)));
    }

    /// <summary>
    /// A write failed, or nobody knows: this actor's state is what it was before, and it stops; the next message starts it again
    /// from the journal. The default answers the command's sender with <see cref="Status.Failure"/>.
    /// </summary>
    /// <param name="cause">Why.</param>
    /// <param name="event">The first event of the write.</param>
    /// <param name="sequenceNr">The number it would have had.</param>
    protected virtual void OnPersistFailure(JournalException cause, object @event, long sequenceNr) => Reject(Cell.CurrentMessage, cause);

    private void Enqueue(Pending pending)
    {
        if (_refusal is not null)
            throw new InvalidOperationException($"{PersistenceId} has stopped persisting");
        if (IsRecovering)
            throw new InvalidOperationException($"{PersistenceId} persists nothing before RecoveryCompleted");
        _pending.Add(pending);
        if (_isInTask)
            return;
        // Yields first: the task goes on when the handler that is running now has returned, with all that it persisted.
        RunTask(() => InTask(static async () => await Task.Yield()));
    }

    /// <summary>Runs a task of the actor, then stores what was persisted meanwhile.</summary>
    private async Task InTask(Func<Task> body)
    {
        _isInTask = true;
        try
        {
            await body();
            await StorePendingAsync();
        }
        finally
        {
            _isInTask = false;
        }
    }

    private async Task StorePendingAsync()
    {
        // Handlers may persist in turn; that is the next write.
        while (_pending.Count > 0)
        {
            var batch = _pending;
            _pending = [];
            if (!await StoreAsync(batch))
                return;
            foreach (var pending in batch)
            {
                if (pending.IsEvent)
                    LastSequenceNr++;
                pending.Handle();
            }
        }
        // Without a message this was the recovery: the command that started it is still to come.
        if (Cell.CurrentMessage is not null)
            OnHandled();
    }

    private async Task<bool> StoreAsync(List<Pending> batch)
    {
        var events = batch.Where(p => p.IsEvent).ToArray();
        if (events.Length == 0)
            return true;
        var write = new JournalWrite
        {
            PersistenceId = PersistenceId,
            FirstSequenceNr = LastSequenceNr + 1,
            Events = Array.ConvertAll(events, p => p.Payload),
            Changes = events.Length == 1 ? events[0].Changes : [.. events.SelectMany(p => p.Changes)],
            Fence = Fence,
        };
        using var span = ActorTracing.StartPart("journal append", ActivityKind.Client);
        span?.SetTag("conference.journal.events", events.Length);
        try
        {
            await _options.Journal.AppendAsync(write).WaitAsync(_options.WriteDeadline, Context.System.TimeProvider);
            PersistenceLog.Stored(_log, events.Length);
            return MayAnswer
                ? true
                : throw new JournalUnavailableException("it was stored, but this node may own it no more: try again", outcomeUnknown: true);
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            var cause = exception as JournalException
                ?? new JournalUnavailableException("the store did not answer: try again", exception, outcomeUnknown: true);
            span?.Fail(cause);
            _pending.Clear();
            PersistenceLog.WriteFailed(_log, PersistenceId, write.FirstSequenceNr, cause);
            Refuse(cause, TimeSpan.Zero);
            OnPersistFailure(cause, events[0].Event, write.FirstSequenceNr);
            return false;
        }
    }

    private sealed record Pending(object Event, ReadOnlyMemory<byte> Payload, IReadOnlyList<ReadModelChange> Changes, Action Handle)
    {
        /// <summary>Not a deferred handler. No event is empty: its kind alone takes a byte.</summary>
        public bool IsEvent => !Payload.IsEmpty;
    }
}
