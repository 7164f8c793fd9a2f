using Akka.Actor;
using Akka.Configuration;
using Akka.Pattern;
using Akka.Persistence;
using Akka.Persistence.Sql.Snapshot;

namespace Conference.Node.Store;

/// <summary>
/// Akka's snapshots in SQL, which answer also what the breaker refuses while it tries a single call. The base class throws there, and whoever asked
/// waits for its <c>recovery-event-timeout</c>: rooms came back ten seconds after their database.
/// </summary>
public sealed class AnsweringSnapshotStore(Config config) : SqlSnapshotStore(config)
{
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (OpenCircuitException refused) when (Refusal(message, refused) is { } answer)
        {
            Sender.Tell(answer, Self);
            return true;
        }
    }

    private static ISnapshotResponse? Refusal(object message, OpenCircuitException refused) => message switch
    {
        LoadSnapshot => new LoadSnapshotFailed(refused),
        SaveSnapshot save => new SaveSnapshotFailure(save.Metadata, refused),
        DeleteSnapshot delete => new DeleteSnapshotFailure(delete.Metadata, refused),
        DeleteSnapshots delete => new DeleteSnapshotsFailure(delete.Criteria, refused),
        _ => null,
    };
}
