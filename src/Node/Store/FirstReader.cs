using Akka.Actor;
using Akka.Persistence;

namespace Conference.Node.Store;

/// <summary>
/// Reads the journal of an entity that there is none of, and is gone. The first reading takes half a second of preparing queries: that is done while the
/// node, being alone, makes its cluster, and not while a client waits.
/// </summary>
internal sealed class FirstReader : ReceivePersistentActor
{
    public FirstReader() => Recover<RecoveryCompleted>(_ => Context.Stop(Self));

    public override string PersistenceId => "nobody";

    public static Props Props() => global::Akka.Actor.Props.Create<FirstReader>();

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        // Whoever reads next is told why.
    }
}
