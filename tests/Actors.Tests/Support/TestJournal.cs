using System.Data.Common;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Serialization;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Support;

/// <summary>
/// What is stored, for as long as a test lasts, as the bytes that would be stored; it fails or waits when told to. <see cref="TestJournalPlugin"/> and
/// <see cref="TestSnapshotsPlugin"/> are what Akka.Persistence speaks to. Safe from any thread.
/// </summary>
public sealed class TestJournal
{
    private static readonly ConditionalWeakTable<ActorSystem, TestJournal> _bySystem = [];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Bytes>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<long, Bytes>> _snapshots = new(StringComparer.Ordinal);
    private readonly List<(string PersistenceId, Bytes Event)> _all = [];

    /// <summary>Where the actors of a system find it, see <see cref="UsedBy"/>.</summary>
    public static TestJournal Of(ActorSystem system) =>
        _bySystem.TryGetValue(system, out var journal) ? journal : throw new InvalidOperationException("a system without a journal");

    /// <summary>May be used by several systems.</summary>
    public void UsedBy(ActorSystem system) => _bySystem.Add(system, this);

    /// <summary>Every write and read fails by it while set: the store is away.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Asked before each write, with whose it is; an exception it returns fails the write, and nothing is stored.</summary>
    public Func<string, Exception?>? FailWrite { get; set; }

    /// <summary>Asked after each write; an exception it returns fails the write although all is stored.</summary>
    public Func<string, Exception?>? FailAfterWrite { get; set; }

    /// <summary>What a write waits for, by whose it is.</summary>
    public Func<string, Task>? Hold { get; set; }

    /// <summary>What a recovery waits for.</summary>
    public Func<string, Task>? HoldReplay { get; set; }

    /// <summary>Writes that were stored; several events in one are one.</summary>
    public int Writes { get; private set; }

    /// <summary>Recoveries that were begun.</summary>
    public int Replays { get; private set; }

    /// <summary>Tags of each write, in order.</summary>
    public List<string> Tags { get; } = [];

    /// <summary>All call records that the stored events come to, the first started first.</summary>
    public IReadOnlyList<CallRecord> Calls(ActorSystem system)
    {
        var calls = new OrderedDictionary<Guid, CallRecord>();
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        (string, Bytes)[] all;
        lock (_gate)
            all = [.. _all];
        foreach (var (id, bytes) in all)
        {
            long number = numbers[id] = numbers.GetValueOrDefault(id) + 1;
            switch (EventSeal.Open((StoredEvent)bytes.Read(system), id, number))
            {
                case RoomEvent.CallStarted started:
                    calls[started.Call] = new()
                    {
                        Id = started.Call, Room = EntityIds.NameIn(id), User = started.User, Session = started.Session, Node = started.Node,
                        Started = started.At,
                    };
                    break;
                case RoomEvent.CallEnded ended:
                    calls[ended.Call] = calls[ended.Call] with
                    {
                        Ended = ended.At, End = ended.End, Services = ended.Totals.Services, BytesIn = ended.Totals.BytesIn,
                        BytesOut = ended.Totals.BytesOut, PacketsIn = ended.Totals.PacketsIn, PacketsOut = ended.Totals.PacketsOut,
                    };
                    break;
            }
        }

        return [.. calls.Values];
    }

    public int CountOf(string persistenceId)
    {
        lock (_gate)
            return _events.GetValueOrDefault(persistenceId)?.Count ?? 0;
    }

    /// <summary>The kinds of what is stored of somebody, in order.</summary>
    public IReadOnlyList<string> KindsOf(string persistenceId, ActorSystem system) =>
        [.. Read(persistenceId, 1, long.MaxValue).Select(e => ((StoredEvent)e.Event.Read(system)).Manifest)];

    /// <summary>After which events a snapshot is there.</summary>
    public IReadOnlyList<long> SnapshotsOf(string persistenceId)
    {
        lock (_gate)
            return [.. _snapshots.GetValueOrDefault(persistenceId)?.Keys ?? []];
    }

    /// <summary>Stores events as somebody would have who is gone.</summary>
    public void Given(ActorSystem system, string persistenceId, params IEnumerable<object> events)
    {
        foreach (object happened in events)
            Store(persistenceId, [Bytes.Of(system, EventSeal.Seal(happened, persistenceId, CountOf(persistenceId) + 1))]);
    }

    /// <summary>Puts another event in the place of a stored one, as a damaged disk would.</summary>
    public void Overwrite(string persistenceId, long sequenceNr, Func<StoredEvent, StoredEvent> damage, ActorSystem system)
    {
        lock (_gate)
        {
            var events = _events[persistenceId];
            events[(int)sequenceNr - 1] = Bytes.Of(system, damage((StoredEvent)events[(int)sequenceNr - 1].Read(system)));
        }
    }

    public void OverwriteSnapshot(string persistenceId, long sequenceNr, Func<StoredSnapshot, StoredSnapshot> damage, ActorSystem system)
    {
        lock (_gate)
        {
            var snapshots = _snapshots[persistenceId];
            snapshots[sequenceNr] = Bytes.Of(system, damage((StoredSnapshot)snapshots[sequenceNr].Read(system)));
        }
    }

    internal void Append(string persistenceId, long firstSequenceNr, IReadOnlyCollection<Bytes> events, IEnumerable<string> tags)
    {
        if ((Failure ?? FailWrite?.Invoke(persistenceId)) is { } failure)
            throw failure;
        lock (_gate)
        {
            if (CountOf(persistenceId) != firstSequenceNr - 1)
                throw new DuplicateKeyException();
            Store(persistenceId, events);
            Tags.AddRange(tags);
            Writes++;
        }

        if (FailAfterWrite?.Invoke(persistenceId) is { } late)
            throw late;
    }

    internal IReadOnlyList<(long SequenceNr, Bytes Event)> Replay(string persistenceId, long from, long to)
    {
        if (Failure is { } failure)
            throw failure;
        lock (_gate)
            Replays++;
        return Read(persistenceId, from, to);
    }

    internal (long SequenceNr, Bytes Snapshot)? LoadSnapshot(string persistenceId, long maxSequenceNr)
    {
        if (Failure is { } failure)
            throw failure;
        lock (_gate)
        {
            if (_snapshots.GetValueOrDefault(persistenceId) is not { } snapshots || !snapshots.Keys.Any(k => k <= maxSequenceNr))
                return null;
            long latest = snapshots.Keys.Last(k => k <= maxSequenceNr);
            return (latest, snapshots[latest]);
        }
    }

    internal void SaveSnapshot(string persistenceId, long sequenceNr, Bytes snapshot)
    {
        if (Failure is { } failure)
            throw failure;
        lock (_gate)
        {
            if (!_snapshots.TryGetValue(persistenceId, out var snapshots))
                _snapshots[persistenceId] = snapshots = [];
            snapshots[sequenceNr] = snapshot;
        }
    }

    internal void DeleteSnapshots(string persistenceId, long maxSequenceNr)
    {
        lock (_gate)
        {
            if (_snapshots.GetValueOrDefault(persistenceId) is not { } snapshots)
                return;
            foreach (long key in snapshots.Keys.Where(k => k <= maxSequenceNr).ToArray())
                snapshots.Remove(key);
        }
    }

    private void Store(string persistenceId, IEnumerable<Bytes> events)
    {
        lock (_gate)
        {
            if (!_events.TryGetValue(persistenceId, out var stored))
                _events[persistenceId] = stored = [];
            foreach (var bytes in events)
            {
                stored.Add(bytes);
                _all.Add((persistenceId, bytes));
            }
        }
    }

    private IReadOnlyList<(long SequenceNr, Bytes Event)> Read(string persistenceId, long from, long to)
    {
        lock (_gate)
        {
            return
            [
                .. (_events.GetValueOrDefault(persistenceId) ?? []).Select((e, i) => (SequenceNr: i + 1L, Event: e))
                    .Where(e => e.SequenceNr >= from && e.SequenceNr <= to),
            ];
        }
    }

    /// <summary>As a database says it whose unique key is taken.</summary>
    private sealed class DuplicateKeyException() : DbException("UNIQUE constraint failed");

    /// <summary>Written and read by the system's own serializers, as a store does it.</summary>
    internal sealed record Bytes(int Serializer, string Manifest, byte[] Payload)
    {
        public static Bytes Of(ActorSystem system, object value)
        {
            var serializer = system.Serialization.FindSerializerFor(value);
            return new Bytes(serializer.Identifier, ((SerializerWithStringManifest)serializer).Manifest(value), serializer.ToBinary(value));
        }

        public object Read(ActorSystem system) => system.Serialization.Deserialize(Payload, Serializer, Manifest);
    }
}
