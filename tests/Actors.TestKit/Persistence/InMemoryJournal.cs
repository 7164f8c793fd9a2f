using System.Runtime.CompilerServices;
using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Actors.TestKit.Persistence;

/// <summary>
/// A journal that forgets with the process, and fails when told to. It completes at once, on the caller's thread, so that
/// virtual time stays deterministic; a write can be held back.
/// </summary>
public sealed class InMemoryJournal : IJournal, IDirectory, ICallRecords
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PersistenceId, List<byte[]>> _events = [];
    private readonly Dictionary<PersistenceId, SortedList<long, byte[]>> _snapshots = [];
    private readonly SortedDictionary<(DirectoryKind, string), DirectoryEntry> _directory = new(Comparer<(DirectoryKind Kind, string Name)>.Create(
        (a, b) => a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : string.CompareOrdinal(a.Name, b.Name)));
    private readonly Dictionary<Guid, CallRecord> _calls = [];

    /// <summary>Thrown by every call while set: the store is away.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Asked before each write; an exception it returns is thrown, and nothing is stored.</summary>
    public Func<JournalWrite, Exception?>? FailWrite { get; set; }

    /// <summary>Asked after each write; an exception it returns is thrown although all is stored.</summary>
    public Func<JournalWrite, Exception?>? FailAfterWrite { get; set; }

    /// <summary>Awaited before each write.</summary>
    public Func<JournalWrite, Task>? Hold { get; set; }

    /// <summary>Awaited before each replay.</summary>
    public Func<PersistenceId, Task>? HoldReplay { get; set; }

    public int Writes { get; private set; }

    public int Replays { get; private set; }

    public IReadOnlyList<ShardFence?> Fences { get; private set; } = [];

    public IReadOnlyList<byte[]> EventsOf(PersistenceId id)
    {
        lock (_gate)
            return [.. _events.GetValueOrDefault(id) ?? []];
    }

    public IReadOnlyList<long> SnapshotsOf(PersistenceId id)
    {
        lock (_gate)
            return [.. _snapshots.GetValueOrDefault(id)?.Keys ?? []];
    }

    /// <summary>Puts another payload in the place of a stored event, as a damaged disk would.</summary>
    public void Overwrite(PersistenceId id, long sequenceNr, byte[] payload)
    {
        lock (_gate)
            _events[id][(int)sequenceNr - 1] = payload;
    }

    public void OverwriteSnapshot(PersistenceId id, long sequenceNr, byte[] payload)
    {
        lock (_gate)
            _snapshots[id][sequenceNr] = payload;
    }

    public async Task AppendAsync(JournalWrite write, CancellationToken cancellationToken = default)
    {
        write.Validate();
        if (Hold is { } hold)
            await hold(write);
        lock (_gate)
        {
            if ((Failure ?? FailWrite?.Invoke(write)) is { } failure)
                throw failure;
            if (!_events.TryGetValue(write.PersistenceId, out var events))
                _events[write.PersistenceId] = events = [];
            if (events.Count != write.FirstSequenceNr - 1)
                throw new JournalConflictException(write.PersistenceId, write.FirstSequenceNr);
            events.AddRange(write.Events.Select(e => e.ToArray()));
            Writes++;
            Fences = [.. Fences, write.Fence];
            foreach (var change in write.Changes)
                Apply(change);
            if (FailAfterWrite?.Invoke(write) is { } late)
                throw late;
        }
    }

    public async IAsyncEnumerable<JournalRow> ReplayAsync(
        PersistenceId persistenceId, long fromSequenceNr, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (HoldReplay is { } hold)
            await hold(persistenceId).WaitAsync(cancellationToken);
        ThrowIfAway();
        Replays++;
        var events = EventsOf(persistenceId);
        for (long sequenceNr = fromSequenceNr; sequenceNr <= events.Count; sequenceNr++)
            yield return new JournalRow(sequenceNr, events[(int)sequenceNr - 1]);
    }

    public Task SaveSnapshotAsync(
        PersistenceId persistenceId, JournalRow snapshot, int keep, CancellationToken cancellationToken = default) => Locked(() =>
    {
        if (!_snapshots.TryGetValue(persistenceId, out var snapshots))
            _snapshots[persistenceId] = snapshots = [];
        snapshots[snapshot.SequenceNr] = snapshot.Payload.ToArray();
        while (snapshots.Count > keep)
            snapshots.RemoveAt(0);
        return 0;
    });

    public Task<JournalRow?> LoadSnapshotAsync(
        PersistenceId persistenceId, long maxSequenceNr = long.MaxValue, CancellationToken cancellationToken = default) => Locked(() =>
        _snapshots.GetValueOrDefault(persistenceId)?.Where(s => s.Key <= maxSequenceNr)
            .Select(s => new JournalRow(s.Key, s.Value)).LastOrDefault());

    public Task DeleteSnapshotsAsync(PersistenceId persistenceId, long maxSequenceNr, CancellationToken cancellationToken = default) =>
        Locked(() => _snapshots.GetValueOrDefault(persistenceId) is { } snapshots
            ? snapshots.Keys.Where(k => k <= maxSequenceNr).ToArray().Count(snapshots.Remove)
            : 0);

    public Task<DirectoryEntry?> FindAsync(DirectoryKind kind, Name name, CancellationToken cancellationToken = default) =>
        Locked(() => _directory.GetValueOrDefault((kind, name.ToString())));

    public Task<DirectoryPage> ListAsync(
        DirectoryKind kind, string? after, int limit, CancellationToken cancellationToken = default) => Locked(() =>
    {
        var found = _directory.Values
            .Where(e => e.Kind == kind && (after is null || string.CompareOrdinal(e.Name.ToString(), after) > 0))
            .Take(limit + 1).ToList();
        bool more = found.Count > limit;
        return new DirectoryPage([.. found.Take(limit)], more ? found[limit - 1].Name.ToString() : null);
    });

    public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default) => Locked(() =>
    {
        var after = query.After is null ? (CallCursor?)null : CallCursor.Parse(query.After);
        var found = _calls.Values
            .Where(c => (query.Room is null || c.Room == query.Room) && (query.User is null || c.User == query.User)
                && (query.Node is null || c.Node == query.Node) && (query.From is null || c.Started >= query.From)
                && (query.To is null || c.Started < query.To) && (!query.OnlyOpen || c.Ended is null))
            .OrderByDescending(c => c.Started).ThenByDescending(c => c.Id.ToString("N"), StringComparer.Ordinal)
            .SkipWhile(c => after is { } a && (CallCursor.Micros(c.Started) > a.StartedMicros || (CallCursor.Micros(c.Started) == a.StartedMicros
                && string.CompareOrdinal(c.Id.ToString("N"), a.Id.ToString("N")) >= 0)))
            .Take(query.Limit + 1).ToList();
        bool more = found.Count > query.Limit;
        return new CallRecordPage([.. found.Take(query.Limit)], more ? CallCursor.Of(found[query.Limit - 1]).ToString() : null);
    });

    public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken = default) =>
        Locked(() => _calls.Values.Where(c => c.Ended < time).Select(c => c.Id).ToArray().Count(_calls.Remove));

    private void Apply(ReadModelChange change)
    {
        switch (change)
        {
            case ReadModelChange.Present(var entry):
                _directory[(entry.Kind, entry.Name.ToString())] = entry;
                break;
            case ReadModelChange.Absent(var kind, var name):
                _directory.Remove((kind, name.ToString()));
                break;
            case ReadModelChange.Call(var record):
                _calls[record.Id] = record;
                break;
        }
    }

    private void ThrowIfAway()
    {
        if (Failure is { } failure)
            throw failure;
    }

    private async Task<T> Locked<T>(Func<T> action)
    {
        await Task.CompletedTask;
        lock (_gate)
        {
            ThrowIfAway();
            return action();
        }
    }
}
