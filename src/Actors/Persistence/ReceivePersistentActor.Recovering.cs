using Conference.Actors.Runtime;

namespace Conference.Actors.Persistence;

/// <summary>Recovery, and what follows when there is none.</summary>
public abstract partial class ReceivePersistentActor
{
    private JournalException? _refusal;

    internal override void AroundPreStart()
    {
        base.AroundPreStart();
        RunTask(() => InTask(RecoverAsync));
    }

    internal override void AroundPostRestart(Exception reason)
    {
        base.AroundPostRestart(reason);
        RunTask(() => InTask(RecoverAsync));
    }

    /// <summary>This actor cannot be what it was, and will answer every command with <paramref name="cause"/> until it stops.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="event">The event it failed on, if one.</param>
    protected virtual void OnRecoveryFailure(JournalException cause, object? @event)
    {
    }

    private async Task RecoverAsync()
    {
        object? current = null;
        using var deadline = new CancellationTokenSource(_options.RecoveryDeadline, Context.System.TimeProvider);
        try
        {
            await OfferSnapshotAsync(deadline.Token);
            await foreach (var row in _options.Journal.ReplayAsync(PersistenceId, LastSequenceNr + 1, deadline.Token))
            {
                if (row.SequenceNr != LastSequenceNr + 1)
                    throw new JournalCorruptException(PersistenceId, LastSequenceNr + 1, "the event is missing");
                current = Deserialize(row);
                LastSequenceNr = row.SequenceNr;
                Apply(current);
            }
            IsRecovering = false;
            current = null;
            _recover.Handle(Cell, RecoveryCompleted.Instance);
        }
        catch (JournalUnavailableException exception)
        {
            StoreAway(exception, current);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested)
        {
            StoreAway(new JournalUnavailableException("the store did not answer in time: try again", exception), current);
        }
        catch (JournalException exception)
        {
            RefuseToStart(exception, current);
        }
        catch (Exception exception)
        {
            RefuseToStart(new JournalCorruptException(PersistenceId, LastSequenceNr, "it cannot be applied", exception), current);
        }
    }

    private async Task OfferSnapshotAsync(CancellationToken cancellationToken)
    {
        for (long newest = long.MaxValue; newest > 0;)
        {
            if (await _options.Journal.LoadSnapshotAsync(PersistenceId, newest, cancellationToken) is not { } row)
                return;
            object snapshot;
            try
            {
                snapshot = _options.Serializer.DeserializeSnapshot(row.Payload.Span);
            }
            catch (Exception exception)
            {
                PersistenceLog.SnapshotUnreadable(_log, PersistenceId, row.SequenceNr, exception);
                newest = row.SequenceNr - 1;
                continue;
            }
            LastSequenceNr = SnapshotSequenceNr = row.SequenceNr;
            Apply(new SnapshotOffer(new SnapshotMetadata(PersistenceId, row.SequenceNr), snapshot));
            return;
        }
    }

    private object Deserialize(JournalRow row)
    {
        try
        {
            return _options.Serializer.DeserializeEvent(row.Payload.Span);
        }
        catch (UnknownPayloadException)
        {
            throw new JournalTooNewException(PersistenceId, row.SequenceNr);
        }
        catch (InvalidDataException exception)
        {
            throw new JournalCorruptException(PersistenceId, row.SequenceNr, "the event cannot be read", exception);
        }
    }

    private void Apply(object @event)
    {
        if (!_recover.Handle(Cell, @event))
            throw new InvalidOperationException($"{GetType().Name} recovers no {@event.GetType().Name}");
    }

    private void StoreAway(JournalUnavailableException cause, object? current)
    {
        PersistenceLog.StoreAway(_log, PersistenceId, cause);
        Refuse(cause, _options.RetryAfter);
        OnRecoveryFailure(cause, current);
    }

    private void RefuseToStart(JournalException cause, object? current)
    {
        PersistenceLog.Refuses(_log, PersistenceId, LastSequenceNr, cause);
        Refuse(cause, _options.RefuseFor);
        OnRecoveryFailure(cause, current);
    }

    /// <summary>From now on every command is answered with a failure; after <paramref name="time"/> this actor stops.</summary>
    private void Refuse(JournalException cause, TimeSpan time)
    {
        _refusal = cause;
        Become(message =>
        {
            if (message is Refused)
                StopRefusing();
            else if (IsStopMessage(message))
                Context.Stop(Self);
            else if (message is not Terminated)
                Reject(message, cause);
            return true;
        });
        if (time > TimeSpan.Zero)
            Context.System.Scheduler.ScheduleTellOnce(time, Self, Refused.Instance, Self);
        else
            StopRefusing();
    }

    /// <summary>Behind what is waiting already, which is answered first.</summary>
    private protected virtual void StopRefusing() => Self.Tell(StopNow.Instance);

    private protected virtual bool IsStopMessage(object message) => message is StopNow;

    /// <summary>A command of the current sender's cannot be done. Nobody who told and wants no answer gets one.</summary>
    /// <param name="message">The command; null for what belongs to none.</param>
    /// <param name="cause">Why.</param>
    private protected virtual void Reject(object? message, JournalException cause) => Cell.SenderOrNone?.Tell(new Status.Failure(cause));

    private sealed record Refused
    {
        public static Refused Instance { get; } = new();
    }

    private protected sealed record StopNow
    {
        public static StopNow Instance { get; } = new();
    }
}
