using System.Diagnostics;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Serialization;
using Conference.Actors.Tracing;
using Conference.Protocol.Addresses;

namespace Conference.Actors;

/// <summary>
/// A user or a room: sharded, event-sourced, asleep while it has nothing to keep awake for. It answers only while its node may act, and after what
/// it says is stored.
/// </summary>
/// <remarks>
/// It never restarts in place: a restart keeps the reference, and nobody who relies on what it had in memory would hear <see cref="Terminated"/>. A
/// write that failed, a bug, a node that may not act any more: it answers those who wait with <see cref="Unavailable"/> and stops; the next message
/// starts it anew. Whoever asks waits before it tries again (<see cref="Asking"/>, a session that signs in again, a forwarder's timer).
/// </remarks>
public abstract class EntityActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>Events of one write: more are written in several. Far more at once would wait longer than the journal's breaker allows.</summary>
    public const int MostEventsAtOnce = 50;

    private const int EventsPerSnapshot = 100;

    /// <summary>How long an entity stays awake with nothing to do: who was asked for is likely to be asked for again (a HELO, then a CONN), and
    /// each waking reads the journal. Short, since a client may ask for any number of names.</summary>
    private static readonly TimeSpan _linger = TimeSpan.FromSeconds(2);

    private readonly EntityContext _entity;

    /// <summary>Commands put aside, by Akka while something is stored or recovered or by the entity itself; and who asks.</summary>
    private readonly List<(object Command, IActorRef Sender)> _waiting = [];

    private long _lastAssigned;
    private long _snapshotAt;
    private int _pending;
    private object? _current;

    /// <summary>Of the command that is handled now: until what it stores is stored.</summary>
    private Activity? _span;

    private TimeSpan _busyAt;
    private bool _isPassivating;
    private bool _isStopping;

    protected EntityActor(EntityContext entity)
    {
        _entity = entity;
        Recover<SnapshotOffer>(offer =>
        {
            Recover(EventSeal.Open((StoredSnapshot)offer.Snapshot, PersistenceId, offer.Metadata.SequenceNr));
            _snapshotAt = offer.Metadata.SequenceNr;
        });
        Recover<StoredEvent>(stored => Apply(EventSeal.Open(stored, PersistenceId, LastSequenceNr)));
        Recover<RecoveryCompleted>(_ =>
        {
            _lastAssigned = LastSequenceNr;
            Recovered();
        });
        Command<LingerOver>(_ => PassivateIfIdle());
        Command<SaveSnapshotSuccess>(saved => DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A damaged snapshot is not asked for again: all events are there still.</summary>
    public override Recovery Recovery => DamagedSnapshots.Has(Context.System, PersistenceId) ? new Recovery(SnapshotSelectionCriteria.None) : base.Recovery;

    /// <summary>True while a new instance of this, recovered, would be just as good.</summary>
    protected abstract bool IsIdle { get; }

    /// <summary>Where commands go that this instance cannot take any more.</summary>
    protected abstract IActorRef Region { get; }

    protected bool IsStoring => _pending > 0;

    protected static DateTimeOffset Now => Context.System.Scheduler.Now;

    protected IClusterNodes Nodes => _entity.Nodes;

    protected ConferenceMetrics Metrics => _entity.Metrics;

    protected IDomains Domains => _entity.Domains;

    protected DomainUse DomainUse => _entity.DomainUse;

    /// <summary>Of the last event that is stored or asked to be.</summary>
    protected long LastAssigned => _lastAssigned;

    /// <summary>What has happened changes the state. Cannot fail.</summary>
    protected abstract void Apply(object happened);

    protected abstract void Recover(object snapshot);

    /// <summary>What the events come to.</summary>
    protected abstract object Snapshot();

    /// <summary>The tag of its events, by which read models find them.</summary>
    protected abstract string Tag { get; }

    /// <summary>The journal has been read; commands follow.</summary>
    protected virtual void Recovered()
    {
    }

    /// <summary>Stores, applies, and then goes on: in the span and with the sender of the command that is handled now.</summary>
    protected void Store(object happened, Action then) => Store([happened], then);

    /// <summary>Several events by one write, which is stored whole or not at all.</summary>
    protected void Store(IReadOnlyCollection<object> happened, Action then)
    {
        if (happened.Count == 0)
        {
            then();
            return;
        }

        if (!_entity.Store.IsWell)
        {
            // As after a write that failed: whoever is this entity next reads what is stored.
            RefuseUntried();
            return;
        }

        long asked = Stopwatch.GetTimestamp();
        var (span, part) = (ActorTracing.Current, ActorTracing.StartPart("journal append", ActivityKind.Client));
        var events = new Queue<object>(happened);
        var sealedEvents = happened.Select(e => new Tagged(EventSeal.Seal(e, PersistenceId, ++_lastAssigned), [Tag])).ToArray();
        _pending += events.Count;
        PersistAll(sealedEvents, _ =>
        {
            _pending--;
            Apply(events.Dequeue());
            if (events.Count > 0)
                return;
            _entity.Metrics.Stored(happened.Count, Stopwatch.GetElapsedTime(asked), span);
            ActorTracing.End(part);
            if (LastSequenceNr - _snapshotAt >= EventsPerSnapshot)
            {
                _snapshotAt = LastSequenceNr;
                SaveSnapshot(EventSeal.SealSnapshot(Snapshot(), PersistenceId, LastSequenceNr));
            }

            using (ActorTracing.Enter(span))
                then();
            if (!IsStoring)
                EndSpan();
        });
    }

    /// <summary>The command that is handled now is put aside; <see cref="TakeUp"/> brings it back.</summary>
    protected void PutAside()
    {
        if (Context.Asker() is { } asker)
            _waiting.Add((_current!, asker));
        Stash.Stash();
    }

    protected void TakeUp() => Stash.UnstashAll();

    protected override bool AroundReceive(Receive receive, object message)
    {
        bool isCommand = Traced.Unwrap(message) is IEntityMessage;
        if (isCommand && _isPassivating)
        {
            // Between the asking and the stop: whoever is this entity next may have it.
            Region.Forward(message);
            return true;
        }

        if (!_entity.Guard.MayAct)
        {
            // It stops at replies of the journal too: an entity that ignored one would wait for ever.
            if (isCommand)
                Context.Answer(Unavailable.Instance);
            StopUnavailable();
            return true;
        }

        if (isCommand && IsRecovering && !_entity.Store.IsWell)
        {
            // What the journal says comes when a connection has timed out, or never.
            RefuseUntried();
            return true;
        }

        if (message is StopEntity && !IsRecovering && !IsStoring)
        {
            HandBackAndStop();
            return true;
        }

        return isCommand ? AroundCommand(receive, message) : Guarded(receive, message);
    }

    private bool AroundCommand(Receive receive, object message)
    {
        _busyAt = Context.System.Scheduler.MonotonicClock;
        bool isPutAside = IsRecovering || IsStoring;
        var asker = Context.Asker();
        _waiting.RemoveAll(w => ReferenceEquals(w.Command, message));
        if (isPutAside)
        {
            // Akka stashes it. If this instance stops first, the asker must be answered from here.
            if (asker is not null)
                _waiting.Add((message, asker));
            return Guarded(receive, message);
        }

        _current = message;
        if (message is not Traced traced)
            return Guarded(receive, message);
        var before = Activity.Current;
        _span = ActorTracing.StartHandling(this, traced);
        try
        {
            EntityLog.Handles(_entity.Log, GetType().Name, traced.Message.GetType().Name);
            return Guarded(receive, traced.Message);
        }
        finally
        {
            Activity.Current = before;
            if (!IsStoring)
                EndSpan();
        }
    }

    private void EndSpan(Exception? failure = null)
    {
        ActorTracing.End(_span, failure);
        _span = null;
    }

    private bool Guarded(Receive receive, object message)
    {
        try
        {
            bool isHandled = base.AroundReceive(receive, message);
            LookIfIdle();
            return isHandled;
        }
        catch (Exception e) when (e is not ActorKilledException)
        {
            EntityLog.Failed(_entity.Log, GetType().Name, message.GetType().Name, e);
            Context.Answer(Unavailable.Instance);
            StopUnavailable();
            return true;
        }
    }

    private void LookIfIdle()
    {
        if (IsRecovering || IsStoring || _isStopping || _isPassivating || !IsIdle || Timers.IsTimerActive(LingerOver.Instance))
            return;
        Timers.StartSingleTimer(LingerOver.Instance, LingerOver.Instance, _linger);
    }

    private void PassivateIfIdle()
    {
        if (!IsIdle || IsStoring)
            return;
        var left = _busyAt + _linger - Context.System.Scheduler.MonotonicClock;
        if (left > TimeSpan.Zero)
        {
            // One timer for all that was asked meanwhile.
            Timers.StartSingleTimer(LingerOver.Instance, LingerOver.Instance, left);
            return;
        }

        _isPassivating = true;
        Context.Parent.Tell(new global::Akka.Cluster.Sharding.Passivate(StopEntity.Instance));
    }

    protected override void PostStop()
    {
        EndSpan();
        base.PostStop();
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        EndSpan(cause);
        // Not what Akka would log: that holds a name.
        string why = StoreFailure.ReasonOf(cause);
        // Whatever opened the breaker was said; after that it would be a line for every try of every client.
        if (why != StoreFailure.BreakerOpen)
            EntityLog.NotStored(_entity.Log, GetType().Name, why);
        _entity.Metrics.StoreFailed(why);
        Context.Answer(Unavailable.Instance);
        TellWaiting();
        _isStopping = true;
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        OnPersistFailure(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        var damaged = Damaged(reason);
        if (damaged?.IsSnapshot == true)
            DamagedSnapshots.Add(Context.System, PersistenceId);
        string why = StoreFailure.ReasonOf(reason);
        if (damaged is not null)
            EntityLog.Damaged(_entity.Log, PersistenceId, damaged.Message);
        else if (why != StoreFailure.BreakerOpen)
            EntityLog.NotRecovered(_entity.Log, GetType().Name, LastSequenceNr, why);
        _entity.Metrics.StoreFailed(why);
        TellWaiting();
        _isStopping = true;
    }

    private static DamagedRowException? Damaged(Exception? reason)
    {
        while (reason is not null and not DamagedRowException)
            reason = reason.InnerException;
        return (DamagedRowException?)reason;
    }

    /// <summary>Its shard moves, or it asked to go: what was put aside is for whoever is this entity next.</summary>
    private void HandBackAndStop()
    {
        foreach (var (command, sender) in _waiting)
            Region.Tell(command, sender);
        _waiting.Clear();
        Stop();
    }

    /// <summary>The store is known to be away, and is not asked.</summary>
    private void RefuseUntried()
    {
        _entity.Metrics.StoreFailed(StoreFailure.BreakerOpen);
        Context.Answer(Unavailable.Instance);
        StopUnavailable();
    }

    private void StopUnavailable()
    {
        TellWaiting();
        Stop();
    }

    private void Stop()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        Context.Stop(Self);
    }

    private void TellWaiting()
    {
        foreach (var (_, sender) in _waiting)
            sender.Tell(Unavailable.Instance, Self);
        _waiting.Clear();
    }

    private sealed record LingerOver
    {
        public static LingerOver Instance { get; } = new();
    }
}
