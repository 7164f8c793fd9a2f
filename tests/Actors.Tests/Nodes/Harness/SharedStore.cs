using System.Data.Common;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>One event that is about to be stored.</summary>
/// <param name="Node">By which node.</param>
/// <param name="PersistenceId">Whose.</param>
/// <param name="SequenceNr">Its number.</param>
/// <param name="Event">What happened.</param>
public sealed record StoredRow(string Node, string PersistenceId, long SequenceNr, object Event);

/// <summary>A number that is taken, said as PostgreSQL says it.</summary>
public sealed class TakenNumberException(string persistenceId, long sequenceNr) : DbException($"{persistenceId} {sequenceNr} is taken")
{
    public override string SqlState => "23505";
}

/// <summary>
/// The database of a cluster of tests: what all nodes store and read, by (persistence id, sequence number), which nobody stores twice; and the call
/// records that follow from it, at once. Fails and hangs on demand. Safe from any thread.
/// </summary>
public sealed class SharedStore : ICallRecords
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedList<long, (IPersistentRepresentation Row, object Event)>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<long, SelectedSnapshot>> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, CallRecord> _calls = [];
    private readonly HashSet<string> _dead = new(StringComparer.Ordinal);
    private long _writes;

    /// <summary>Thrown by every call of these nodes while it is not null.</summary>
    public Func<string, Exception?> Failure { get; set; } = _ => null;

    /// <summary>Awaited before each write.</summary>
    public Func<StoredRow, Task> Hold { get; set; } = _ => Task.CompletedTask;

    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>All call records there are, the first started first.</summary>
    public IReadOnlyList<CallRecord> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls.Values.OrderBy(c => c.Started).ThenBy(c => c.Id)];
        }
    }

    /// <summary>Back to a store that does what it is asked to.</summary>
    public void Reset() => (Failure, Hold) = (_ => null, _ => Task.CompletedTask);

    public IReadOnlyList<object> EventsOf(string persistenceId)
    {
        lock (_gate)
            return [.. _events.GetValueOrDefault(persistenceId)?.Values.Select(e => e.Event) ?? []];
    }

    /// <summary>Of a process that is gone nothing comes any more, and nobody hears what became of it.</summary>
    public void Kill(string node)
    {
        lock (_gate)
            _dead.Add(node);
    }

    public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var found = Calls.Reverse()
            .Where(c => (query.Room is null || c.Room == query.Room) && (query.User is null || c.User == query.User) && (!query.OnlyOpen || c.Ended is null))
            .SkipWhile(c => query.After is { } after && c.Id.ToString() != after)
            .Skip(query.After is null ? 0 : 1)
            .Take(query.Limit + 1).ToList();
        bool isMore = found.Count > query.Limit;
        return Task.FromResult(new CallRecordPage([.. found.Take(query.Limit)], isMore ? found[query.Limit - 1].Id.ToString() : null));
    }

    public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, DomainChoice domains, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return Task.FromResult(_calls.Values.Where(c => c.Ended < time && domains.Named.Contains(c.Room.Domain) != domains.IsAllBut).Select(c => c.Id).ToArray().Count(_calls.Remove));
    }

    internal async Task WriteAsync(string node, IReadOnlyList<IPersistentRepresentation> rows)
    {
        var events = rows.Select(r => new StoredRow(node, r.PersistenceId, r.SequenceNr, Open(r))).ToArray();
        foreach (var row in events)
            await Hold(row).ConfigureAwait(false);
        if (IsDead(node))
            await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
        lock (_gate)
        {
            if (Failure(node) is { } failure)
                throw failure;
            foreach (var row in rows)
            {
                if (_events.GetValueOrDefault(row.PersistenceId)?.ContainsKey(row.SequenceNr) == true)
                    throw new TakenNumberException(row.PersistenceId, row.SequenceNr);
            }

            foreach (var (row, stored) in rows.Zip(events))
            {
                if (!_events.TryGetValue(row.PersistenceId, out var all))
                    _events[row.PersistenceId] = all = [];
                all.Add(row.SequenceNr, (row, stored.Event));
                Project(row.PersistenceId, stored.Event);
            }

            _writes += rows.Count;
        }
    }

    internal IReadOnlyList<IPersistentRepresentation> Read(string node, string persistenceId, long from, long to, long max) => Locked(
        node,
        () => _events.GetValueOrDefault(persistenceId)?.Values.Select(e => e.Row).Where(r => r.SequenceNr >= from && r.SequenceNr <= to)
            .Take((int)Math.Min(max, int.MaxValue)).ToArray() ?? []);

    internal long ReadHighest(string node, string persistenceId) =>
        Locked(node, () => _events.GetValueOrDefault(persistenceId) is { Count: > 0 } all ? all.Keys[^1] : 0);

    internal SelectedSnapshot? LoadSnapshot(string node, string persistenceId, SnapshotSelectionCriteria criteria) => Locked(
        node,
        () => _snapshots.GetValueOrDefault(persistenceId)?.Values.LastOrDefault(
            s => s.Metadata.SequenceNr <= criteria.MaxSequenceNr && s.Metadata.Timestamp <= criteria.MaxTimeStamp));

    internal void SaveSnapshot(string node, SnapshotMetadata metadata, object snapshot) => Locked(node, () =>
    {
        if (!_snapshots.TryGetValue(metadata.PersistenceId, out var all))
            _snapshots[metadata.PersistenceId] = all = [];
        all[metadata.SequenceNr] = new SelectedSnapshot(metadata, snapshot);
        return true;
    });

    internal void DeleteSnapshots(string node, string persistenceId, Func<SnapshotMetadata, bool> isMeant) => Locked(node, () =>
    {
        if (_snapshots.TryGetValue(persistenceId, out var all))
        {
            foreach (var metadata in all.Values.Select(s => s.Metadata).Where(isMeant).ToArray())
                all.Remove(metadata.SequenceNr);
        }

        return true;
    });

    internal bool IsDead(string node)
    {
        lock (_gate)
            return _dead.Contains(node);
    }

    private static object Open(IPersistentRepresentation row) => (row.Payload is Tagged tagged ? tagged.Payload : row.Payload) is StoredEvent stored
        ? EventSeal.Open(stored, row.PersistenceId, row.SequenceNr)
        : row.Payload;

    private T Locked<T>(string node, Func<T> read)
    {
        lock (_gate)
            return Failure(node) is { } failure ? throw failure : read();
    }

    private void Project(string persistenceId, object happened)
    {
        switch (happened)
        {
            case RoomEvent.CallStarted started:
                _calls[started.Call] = new CallRecord
                {
                    Id = started.Call,
                    Room = EntityIds.NameIn(persistenceId),
                    User = started.User,
                    Session = started.Session,
                    Node = started.Node,
                    Started = started.At,
                };
                break;
            case RoomEvent.CallEnded ended when _calls.TryGetValue(ended.Call, out var call):
                _calls[ended.Call] = call with
                {
                    Ended = ended.At,
                    End = ended.End,
                    Services = ended.Totals.Services,
                    BytesIn = ended.Totals.BytesIn,
                    BytesOut = ended.Totals.BytesOut,
                    PacketsIn = ended.Totals.PacketsIn,
                    PacketsOut = ended.Totals.PacketsOut,
                };
                break;
        }
    }
}
