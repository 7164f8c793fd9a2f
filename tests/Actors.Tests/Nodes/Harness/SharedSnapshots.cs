using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>One node's way to the snapshots of the <see cref="SharedStore"/>.</summary>
public sealed class SharedSnapshots : SnapshotStore
{
    private readonly TestParts _parts = TestParts.Of(Context.System.Settings.Config);

    protected override Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        Task.FromResult(_parts.Store.LoadSnapshot(_parts.Name, persistenceId, criteria)!);

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        _parts.Store.SaveSnapshot(_parts.Name, metadata, snapshot);
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        _parts.Store.DeleteSnapshots(_parts.Name, metadata.PersistenceId, m => m.SequenceNr == metadata.SequenceNr);
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        _parts.Store.DeleteSnapshots(_parts.Name, persistenceId, m => m.SequenceNr <= criteria.MaxSequenceNr && m.Timestamp <= criteria.MaxTimeStamp);
        return Task.CompletedTask;
    }
}
